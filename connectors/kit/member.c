/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading members of JSON objects that come from outside.
 */
#include "connectors/kit/member.h"

#include "reconcile/model/fault.h"

enum {
	MEMBER_TEXT_MAX = 65536 /* of one in a list of texts */
};

/* The member, NULL where it is missing or null. */
static const json_t *member_get(const json_t *object, const char *name)
{
	const json_t *member = json_object_get(object, name);

	return json_is_null(member) ? NULL : member;
}

static bool refuse(GError **error, const char *name, const char *what)
{
	g_set_error(error, FAULT_DOMAIN, FAULT_INTERNAL, "\"%s\" is %s", name, what);
	return false;
}

bool member_text(const json_t *object, const char *name, size_t max, char **ret_text,
                 GError **error)
{
	const json_t *member = member_get(object, name);

	if (!member)
		return true;
	if (!json_is_string(member))
		return refuse(error, name, "not a text");
	if (json_string_length(member) > max)
		return refuse(error, name, "too long a text");
	g_free(*ret_text);
	*ret_text = g_strdup(json_string_value(member));
	return true;
}

static bool number_read(const json_t *member, int64_t *ret_number)
{
	double real = json_number_value(member);

	if (json_is_integer(member)) {
		*ret_number = json_integer_value(member);
		return true;
	}
	if (!json_is_real(member) || !(real > -1e15 && real < 1e15) ||
	    real != (double)(int64_t)real)
		return false;
	*ret_number = (int64_t)real;
	return true;
}

bool member_number(const json_t *object, const char *name, int64_t min, int64_t max,
                   int64_t *ret_number, GError **error)
{
	const json_t *member = member_get(object, name);
	int64_t number = 0;

	if (!member)
		return true;
	if (!number_read(member, &number))
		return refuse(error, name, "not a whole number");
	if (number < min || number > max)
		return refuse(error, name, "out of range");
	*ret_number = number;
	return true;
}

bool member_bool(const json_t *object, const char *name, bool *ret_bool, GError **error)
{
	const json_t *member = member_get(object, name);

	if (!member)
		return true;
	if (!json_is_boolean(member))
		return refuse(error, name, "not true or false");
	*ret_bool = json_is_true(member);
	return true;
}

bool member_array(const json_t *object, const char *name, size_t max, const json_t **ret_array,
                  GError **error)
{
	const json_t *member = member_get(object, name);

	if (!member)
		return true;
	if (!json_is_array(member))
		return refuse(error, name, "not an array");
	if (json_array_size(member) > max)
		return refuse(error, name, "too long an array");
	*ret_array = member;
	return true;
}

bool member_object(const json_t *object, const char *name, const json_t **ret_object,
                   GError **error)
{
	const json_t *member = member_get(object, name);

	if (!member)
		return true;
	if (!json_is_object(member))
		return refuse(error, name, "not an object");
	*ret_object = member;
	return true;
}

bool member_texts(const json_t *object, const char *name, size_t max, char ***ret_texts,
                  GError **error)
{
	const json_t *array = NULL;
	g_auto(GStrv) texts = NULL;

	if (!member_array(object, name, max, &array, error))
		return false;
	if (!array)
		return true;
	texts = g_new0(char *, json_array_size(array) + 1);
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);

		if (!json_is_string(item) || json_string_length(item) > MEMBER_TEXT_MAX)
			return refuse(error, name, "not an array of texts");
		texts[i] = g_strdup(json_string_value(item));
	}
	g_strfreev(*ret_texts);
	*ret_texts = g_steal_pointer(&texts);
	return true;
}

json_t *member_make_text(const char *text)
{
	g_autofree char *valid = NULL;

	if (!text)
		return json_null();
	if (g_utf8_validate(text, -1, NULL))
		return json_string_nocheck(text);
	valid = g_utf8_make_valid(text, -1);
	return json_string_nocheck(valid);
}
