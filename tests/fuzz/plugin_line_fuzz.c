/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any line from a plugin is refused with a fault or read; what was read is written and read again
 * to the same. The same for requests, as a plugin in C would get them.
 */
#include "connectors/plugin/codec.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct ask *ask_make(enum verb verb)
{
	struct ask *ask = ask_new(1, verb, "c");

	for (unsigned i = 0; verb == VERB_CREATE && i < 2; i++) {
		struct order *order = g_new0(struct order, 1);

		order->uid = g_strdup_printf("u%u", i + 1);
		g_ptr_array_add(ask->orders, order);
	}
	return ask;
}

static void answer_check(const struct ask *ask, const struct answer *answer)
{
	g_autofree char *line = codec_answer_line(1, answer);
	g_autoptr(GError) error = NULL;
	autoptr(message) message = message_parse(line, strlen(line) - 1, &error);
	autoptr(answer) again = NULL;

	g_assert_no_error(error);
	again = message_to_answer(message, ask, &error);
	g_assert_no_error(error);
	g_assert_cmpint(again->fault, ==, answer->fault);
	if (!answer->instances)
		return;
	g_assert_true(again->is_complete == answer->is_complete);
	g_assert_cmpuint(again->instances->len, ==, answer->instances->len);
	for (unsigned i = 0; i < answer->instances->len; i++)
		g_assert_true(
			instance_equal(answer->instances->pdata[i], again->instances->pdata[i]));
}

static void reply_check(const struct message *message)
{
	for (size_t verb = 0; verb < VERBS; verb++) {
		autoptr(ask) ask = ask_make((enum verb)verb);
		g_autoptr(GError) error = NULL;
		autoptr(answer) answer = message_to_answer(message, ask, &error);

		if (answer)
			answer_check(ask, answer);
		else
			g_assert_error(error, FAULT_DOMAIN, FAULT_INTERNAL);
	}
}

static void hello_check(const struct message *message)
{
	g_autoptr(GError) error = NULL;
	autoptr(hello) hello = message_to_hello(message, &error);
	struct traits traits = { 0 };

	g_assert_true(!hello == !!error);
	message_to_traits(message, &traits, NULL);
}

static void request_check(const char *line, size_t len)
{
	g_autoptr(GError) error = NULL;
	autoptr(plugin_request) request = plugin_request_parse(line, len, &error);
	autoptr(plugin_request) again = NULL;
	g_autofree char *written = NULL;

	g_assert_true(!request == !!error);
	if (!request || request->kind != REQUEST_ASK)
		return;
	written = codec_ask_line(7, request->ask, request->ask->deadline_ms);
	again = plugin_request_parse(written, strlen(written) - 1, &error);
	g_assert_no_error(error);
	g_assert_cmpint(again->ask->verb, ==, request->ask->verb);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	g_autoptr(GError) error = NULL;
	autoptr(message) message = message_parse((const char *)bytes, len, &error);

	g_assert_true(!message == !!error);
	if (message && (message->kind == MESSAGE_RESULT || message->kind == MESSAGE_ERROR))
		reply_check(message);
	if (message && message->kind == MESSAGE_RESULT)
		hello_check(message);
	request_check((const char *)bytes, len);
	return 0;
}
