/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of what a pass wants done. */
#include "reconcile/engine/effects.h"

static void write_free_cb(void *write)
{
	write_free(write);
}

static void ask_free_cb(void *ask)
{
	ask_free(ask);
}

static void probe_free_cb(void *probe)
{
	probe_free(probe);
}

struct effects *effects_new(void)
{
	struct effects *effects = g_new0(struct effects, 1);

	effects->writes = g_ptr_array_new_with_free_func(write_free_cb);
	effects->asks = g_ptr_array_new_with_free_func(ask_free_cb);
	effects->probes = g_ptr_array_new_with_free_func(probe_free_cb);
	effects->wake_at_ms = INT64_MAX;
	return effects;
}

void effects_free(struct effects *effects)
{
	if (effects == NULL)
		return;
	g_ptr_array_unref(effects->writes);
	g_ptr_array_unref(effects->asks);
	g_ptr_array_unref(effects->probes);
	g_free(effects);
}

void write_free(struct write *write)
{
	if (write == NULL)
		return;
	record_free(write->record);
	operation_free(write->operation);
	event_free(write->event);
	deletion_free(write->deletion);
	g_free(write->key);
	g_free(write);
}

void probe_free(struct probe *probe)
{
	if (probe == NULL)
		return;
	g_free(probe->key);
	g_free(probe->host);
	g_free(probe->path);
	g_free(probe);
}
