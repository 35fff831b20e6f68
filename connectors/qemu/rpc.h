/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rpc - JSON-RPC by lines on two descriptors, without blocking. */
#pragma once

#include <glib.h>
#include <jansson.h>

struct rpc;

/* A request or notification; @id is NULL for the latter. Both are borrowed. */
typedef void rpc_message(void *data, const char *method, json_t *id, json_t *params);
/* The other side has closed, or writing to it failed. */
typedef void rpc_closed(void *data);

/* Reads @in_fd and writes @out_fd (neither is closed) on the default main context. Lines that are
 * no requests are answered with JSON-RPC's own errors. */
struct rpc *rpc_new(int in_fd, int out_fd, rpc_message *message, rpc_closed *closed, void *data);
void rpc_free(struct rpc *rpc);
/* Answers @id with @own_result. */
void rpc_answer(struct rpc *rpc, json_t *id, json_t *own_result);
/* Answers @id with @error of FAULT_DOMAIN. */
void rpc_fail(struct rpc *rpc, json_t *id, const GError *error);
/* Sends a notification; @own_params may be NULL. */
void rpc_notify(struct rpc *rpc, const char *method, json_t *own_params);
