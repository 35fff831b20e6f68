/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seed - the NoCloud files that tell a guest who it is and what to do. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct seed {
	const char *uid;        /* the instance-id: another one makes cloud-init start anew */
	const char *name;       /* the host's name */
	const char *user_data;  /* NULL: none */
	const json_t *ssh_keys; /* texts, each a public key */
};

/* Whether each of @ssh_keys is a public key on one line; FAULT_INVALID names one that is not. */
bool seed_check(const json_t *ssh_keys, GError **error);
/* Writes meta-data and user-data into the directory @dir_fd. */
bool seed_write(const struct seed *seed, int dir_fd, GError **error);
