/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, keys and the names of instances. Comparing never allocates: it runs for each merge step.
 *  */
#include "reconcile/model/key.h"

#include <string.h>

enum {
	UID_SHOWN = 5
};

static bool is_name_char(char c)
{
	return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '-';
}

static bool name_is_valid(const char *text, size_t len)
{
	if (len == 0 || len > KEY_NAME_MAX || text[0] == '-' || text[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_name_char(text[i]))
			return false;
	return true;
}

bool key_name_is_valid(const char *text)
{
	return name_is_valid(text, strlen(text));
}

static bool is_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isdigit(text[i]))
			return false;
	return len > 0;
}

static bool is_ordinal(const char *text, size_t len)
{
	return is_digits(text, len) && text[0] != '0';
}

/* Digits that are no ordinal would be a second way to write one: they are refused. */
static bool member_parse(const char *text, size_t len, unsigned *ret_ordinal)
{
	unsigned ordinal = 0;

	if (!name_is_valid(text, len))
		return false;
	if (!is_digits(text, len)) {
		*ret_ordinal = 0;
		return true;
	}
	for (size_t i = 0; i < len; i++)
		if (__builtin_mul_overflow(ordinal, 10, &ordinal) ||
		    __builtin_add_overflow(ordinal, (unsigned)(text[i] - '0'), &ordinal))
			return false;
	if (text[0] == '0')
		return false;
	*ret_ordinal = ordinal;
	return true;
}

bool key_split(const char *key, struct key_parts *ret_parts)
{
	const char *component = strchr(key, '/');
	const char *member = component == NULL ? NULL : strchr(component + 1, '/');
	struct key_parts parts = { .deployment = key };

	if (member == NULL)
		return false;
	parts.deployment_len = (size_t)(component - key);
	parts.component = component + 1;
	parts.component_len = (size_t)(member - parts.component);
	parts.member = member + 1;
	parts.member_len = strlen(parts.member);
	if (!name_is_valid(parts.deployment, parts.deployment_len) ||
	    !name_is_valid(parts.component, parts.component_len) ||
	    !member_parse(parts.member, parts.member_len, &parts.ordinal))
		return false;
	*ret_parts = parts;
	return true;
}

char *key_join(const char *deployment, const char *component, const char *member)
{
	return g_strconcat(deployment, "/", component, "/", member, NULL);
}

static int text_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, MIN(a_len, b_len));

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int part_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	bool a_is_ordinal = is_ordinal(a, a_len);
	bool b_is_ordinal = is_ordinal(b, b_len);

	if (a_is_ordinal != b_is_ordinal)
		return a_is_ordinal ? -1 : 1;
	if (a_is_ordinal && a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return text_compare(a, a_len, b, b_len);
}

int key_compare(const char *a, const char *b)
{
	for (;;) {
		size_t a_len = strcspn(a, "/"), b_len = strcspn(b, "/");
		int order = part_compare(a, a_len, b, b_len);

		if (order != 0)
			return order;
		if (a[a_len] == '\0' || b[b_len] == '\0')
			return (a[a_len] != '\0') - (b[b_len] != '\0');
		a += a_len + 1;
		b += b_len + 1;
	}
}

/* Keeps both ends of @text, as the deployment and the member are what people look for. */
static void text_shorten(GString *text, size_t max)
{
	if (text->len <= max)
		return;
	size_t head = (max - 1) / 2;
	size_t tail = max - 1 - head;

	g_string_erase(text, (gssize)head, (gssize)(text->len - head - tail));
	g_string_insert_c(text, (gssize)head, '-');
}

char *key_instance_name(const char *key, const char *uid, size_t max)
{
	GString *name = g_string_new(key);
	size_t room = max == 0 ? KEY_NAME_MAX : max;
	size_t shown = MIN(strlen(uid), (size_t)UID_SHOWN);

	g_string_replace(name, "/", "-", 0);
	if (room > shown + 1) {
		text_shorten(name, room - shown - 1);
		g_string_append_c(name, '-');
	} else {
		g_string_truncate(name, 0);
	}
	g_string_append_len(name, uid, (gssize)MIN(shown, room));
	return g_string_free(name, FALSE);
}
