/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key - the name of a member: deployment/component/member, as in "shop/web/2".
 *
 * Each part is a name: 1 to 63 characters of [a-z0-9-], beginning and ending with a letter or a
 * digit. A part of digits alone is an ordinal (from 1, no leading zero). Keys order by parts;
 * ordinals order as numbers and before names, so shop/web/2 comes before shop/web/10. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	KEY_NAME_MAX = 63
};

/* The three parts of a key, borrowed from its text; not NUL-terminated. */
struct key_parts {
	const char *deployment, *component, *member;
	size_t deployment_len, component_len, member_len;
	unsigned ordinal; /* 0 when the member has a name */
};

/* Whether @text is a well-formed name. */
bool key_name_is_valid(const char *text);
/* Splits @key; false when it is not a member's key. */
bool key_split(const char *key, struct key_parts *ret_parts);
/* "deployment/component/member", to be freed by the caller. */
char *key_join(const char *deployment, const char *component, const char *member);
/* A total order over keys (and over any text): negative, zero or positive. */
int key_compare(const char *a, const char *b);
/* The name that an instance of @key gets at its cloud: "shop-web-2-x7k3q", the last part the first
 * five characters of @uid; shortened from the middle to at most @max characters (63 when 0). */
char *key_instance_name(const char *key, const char *uid, size_t max);
