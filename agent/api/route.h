/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route - from a request to a response, without a socket: one row for each path of the API. */
#pragma once

#include "agent/api/source.h"
#include "reconcile/model/auto.h"

struct api_request {
	const char *method;
	const char *path;      /* "/v1/status" */
	GHashTable *arguments; /* of the query: name → value; NULL: none */
	bool is_late;          /* it waited for as long as it wanted: answer with what there is */
};

struct api_response {
	unsigned status;   /* of HTTP; 0: nothing yet, ask again on a change or after wait_ms */
	int64_t wait_ms;   /* with status 0 */
	const char *type;  /* of the content, static */
	const char *allow; /* with 405: the method that would do, static; else NULL */
	char *body;
};

/* Answers @request; never NULL. */
struct api_response *route_answer(const struct api_source *source,
                                  const struct api_request *request);
/* A response that says what is wrong. */
struct api_response *api_response_new_fault(unsigned status, enum fault fault, const char *text);
void api_response_free(struct api_response *response);

AUTO_DEFINE(api_response, api_response_free);
