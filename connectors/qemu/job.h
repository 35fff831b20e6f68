/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job - one ask under way, from its request to its answer. */
#pragma once

#include "connectors/qemu/host.h"
#include "connectors/qemu/rpc.h"

struct job {
	struct rpc *rpc;
	struct host *host;
	json_t *id;
	json_t *params;
	struct entry *entry; /* busy with this job; NULL: none yet */
	bool is_mutating;    /* its end is worth a list */
	unsigned *under_way; /* how many jobs there are */
};

/* A job that answers @id, counted in @under_way. */
struct job *job_new(struct rpc *rpc, struct host *host, json_t *id, json_t *params,
                    unsigned *under_way);
/* Makes @entry this job's; FAULT_CONFLICT when it is another's, is going away or is damaged. */
bool job_seize(struct job *job, struct entry *entry, GError **error);
/* The VM that the params name, seized; NULL after the job was answered with what is wrong. */
struct entry *job_entry(struct job *job);
/* Answers and frees the job; its entry is free for others. */
void job_done(struct job *own_job, json_t *own_result);
/* The same, with an error. */
void job_fail(struct job *own_job, const GError *error);
/* Either: by whether @error is set, with an empty result. */
void job_end(struct job *own_job, const GError *error);

/* The asks. Each takes its job over and answers it, now or later. */
void ask_list(struct job *own_job);
void ask_create(struct job *own_job);
void ask_destroy(struct job *own_job);
void ask_start(struct job *own_job);
void ask_stop(struct job *own_job);
void ask_resize(struct job *own_job);
void ask_mark(struct job *own_job);
