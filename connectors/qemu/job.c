/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of an ask, and the rule that a VM has one at a time.
 */
#include "connectors/qemu/job.h"

#include "reconcile/model/fault.h"

struct job *job_new(struct rpc *rpc, struct host *host, json_t *id, json_t *params,
                    unsigned *under_way)
{
	struct job *job = g_new0(struct job, 1);
	job->rpc = rpc;
	job->host = host;
	job->id = json_incref(id);
	job->params = params ? json_incref(params) : json_object();
	job->under_way = under_way;
	(*under_way)++;
	return job;
}

static void job_free(struct job *job)
{
	if (job->entry)
		job->entry->is_busy = false;
	/* What was asked for is there to be seen at once, not at the next look. */
	if (job->is_mutating && job->host->changed)
		job->host->changed(job->host->data);
	json_decref(job->id);
	json_decref(job->params);
	(*job->under_way)--;
	g_free(job);
}

void job_done(struct job *own_job, json_t *own_result)
{
	rpc_answer(own_job->rpc, own_job->id, own_result);
	job_free(own_job);
}

void job_fail(struct job *own_job, const GError *error)
{
	rpc_fail(own_job->rpc, own_job->id, error);
	job_free(own_job);
}

void job_end(struct job *own_job, const GError *error)
{
	if (error)
		job_fail(own_job, error);
	else
		job_done(own_job, json_object());
}

bool job_seize(struct job *job, struct entry *entry, GError **error)
{
	const char *why = NULL;
	if (entry->is_deleting)
		why = "is being deleted";
	else if (entry->is_busy)
		why = "is busy with another ask";
	else if (entry->damage || !entry->vm)
		why = "has a damaged " VM_FILE;
	if (why) {
		g_set_error(error, FAULT_DOMAIN, FAULT_CONFLICT, "VM \"%s\" %s", entry->id, why);
		return false;
	}
	job->entry = entry;
	entry->is_busy = true;
	return true;
}

struct entry *job_entry(struct job *job)
{
	g_autoptr(GError) error = NULL;
	const char *id = json_string_value(json_object_get(job->params, "instance"));
	struct entry *entry = host_find(job->host, id, &error);
	if (entry && job_seize(job, entry, &error)) {
		entry_look(entry);
		return entry;
	}
	job_fail(job, error);
	return NULL;
}
