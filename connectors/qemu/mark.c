/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Marks and labels, rewritten as a whole.
 */
#include "connectors/qemu/job.h"

void ask_mark(struct job *own_job)
{
	g_autoptr(GError) error = NULL;
	struct entry *entry = job_entry(own_job);
	if (!entry)
		return;
	json_t *marks = json_object_get(own_job->params, "marks");
	json_t *labels = json_object_get(own_job->params, "labels");
	if (json_is_object(marks)) {
		json_decref(entry->vm->marks);
		entry->vm->marks = json_incref(marks);
	}
	if (json_is_object(labels)) {
		json_decref(entry->vm->labels);
		entry->vm->labels = json_incref(labels);
	}
	entry_save(entry, &error);
	job_end(own_job, error);
}
