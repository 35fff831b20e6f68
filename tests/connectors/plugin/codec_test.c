/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin protocol's lines: what one side writes the other reads, and what makes no sense is
 * refused.
 */
#include "connectors/plugin/codec.h"

#include <string.h>

static struct ask *ask_make(enum verb verb)
{
	struct ask *ask = ask_new(7, verb, "c");

	ask->owner = g_strdup("me");
	ask->instance_id = verb == VERB_CREATE || verb == VERB_LIST ? NULL : g_strdup("i-1");
	ask->size = (struct size){ g_strdup("small"), 2, 1024, 4096, 0 };
	return ask;
}

static struct ask *ask_make_create(unsigned orders)
{
	const struct pair image = { "name", "debian \"12\"" };
	struct ask *ask = ask_make(VERB_CREATE);

	ask->image = pairs_new(&image, 1);
	ask->spec = spec_new();
	ask->spec->ssh_keys = g_strsplit("ops,dev", ",", -1);
	ask->spec->openings = g_new0(struct opening, 1);
	ask->spec->openings[0] = (struct opening){ 80, g_strdup("10.0.0.0/8") };
	ask->spec->openings_len = 1;
	for (unsigned i = 0; i < orders; i++) {
		struct order *order = g_new0(struct order, 1);

		order->key = g_strdup_printf("a/b/%u", i + 1);
		order->uid = g_strdup_printf("u%u", i + 1);
		order->name = g_strdup_printf("a-b-%u", i + 1);
		order->user_data = i ? NULL : g_strdup("#cloud-config\n\t\"é\"\n");
		order->fingerprint = g_strdup("i1");
		order->is_protected = i == 0;
		g_ptr_array_add(ask->orders, order);
	}
	return ask;
}

/* A line without its newline, checked to be one line. */
static struct plugin_request *request_read(char *own_line)
{
	size_t len = strlen(own_line);
	g_autoptr(GError) error = NULL;
	struct plugin_request *request;

	g_assert_cmpint(own_line[len - 1], ==, '\n');
	g_assert_true(strchr(own_line, '\n') == own_line + len - 1);
	request = plugin_request_parse(own_line, len - 1, &error);
	g_assert_no_error(error);
	g_free(own_line);
	return request;
}

static struct message *message_read(char *own_line)
{
	g_autoptr(GError) error = NULL;
	struct message *message = message_parse(own_line, strlen(own_line) - 1, &error);

	g_assert_no_error(error);
	g_free(own_line);
	return message;
}

static void test_create_arrives_whole(void)
{
	autoptr(ask) ask = ask_make_create(2);
	autoptr(plugin_request) request = request_read(codec_ask_line(12, ask, 5000));
	const struct order *order = request->ask->orders->pdata[0];

	g_assert_cmpint(request->kind, ==, REQUEST_ASK);
	g_assert_cmpuint(request->id, ==, 12);
	g_assert_cmpint(request->ask->verb, ==, VERB_CREATE);
	g_assert_cmpint(request->ask->deadline_ms, ==, 5000);
	g_assert_cmpuint(request->ask->orders->len, ==, 2);
	g_assert_cmpstr(request->ask->owner, ==, "me");
	g_assert_cmpstr(order->key, ==, "a/b/1");
	g_assert_cmpstr(order->uid, ==, "u1");
	g_assert_cmpstr(order->name, ==, "a-b-1");
	g_assert_cmpstr(order->user_data, ==, "#cloud-config\n\t\"é\"\n");
	g_assert_cmpstr(order->fingerprint, ==, "i1");
	g_assert_true(order->is_protected);
	g_assert_cmpstr(pairs_get(request->ask->image, "name"), ==, "debian \"12\"");
	g_assert_cmpstr(request->ask->spec->ssh_keys[1], ==, "dev");
	g_assert_cmpuint(request->ask->spec->openings[0].port, ==, 80);
	g_assert_cmpstr(request->ask->spec->openings[0].from, ==, "10.0.0.0/8");
	g_assert_cmpuint(request->ask->size.cpus, ==, 2);
}

static void test_changes_arrive_whole(void)
{
	static const enum verb verbs[] = { VERB_LIST, VERB_CATALOG, VERB_DESTROY, VERB_START,
		                           VERB_STOP, VERB_RESIZE,  VERB_MARK };

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		autoptr(ask) ask = ask_make(verbs[i]);
		autoptr(plugin_request) request = NULL;

		ask->marks = (struct marks){ .uid = g_strdup("u"), .is_protected = true };
		request = request_read(codec_ask_line(3, ask, 1));
		g_assert_cmpint(request->ask->verb, ==, verbs[i]);
		g_assert_cmpstr(request->ask->instance_id, ==, ask->instance_id);
		g_assert_cmpuint(request->ask->size.cpus, ==, verbs[i] == VERB_RESIZE ? 2 : 0);
		g_assert_cmpstr(request->ask->marks.uid, ==, verbs[i] == VERB_MARK ? "u" : NULL);
	}
}

static void test_open_carries_secrets(void)
{
	const struct pair setting = { "accel", "tcg" };
	const struct pair secrets[] = { { "key", "a\"\\\n\x01é" }, { "none", "" } };
	autoptr(pairs) settings = pairs_new(&setting, 1);
	autoptr(pairs) credentials = pairs_new(secrets, 2);
	const struct codec_open open = {
		.cloud = "here",
		.owner = "me",
		.is_observing = true,
		.settings = settings,
		.credentials = credentials,
	};
	autoptr(plugin_request) request = request_read(codec_open_line(2, &open));

	g_assert_cmpint(request->kind, ==, REQUEST_OPEN);
	g_assert_cmpstr(request->cloud, ==, "here");
	g_assert_cmpstr(request->owner, ==, "me");
	g_assert_true(request->is_observing);
	g_assert_true(pairs_equal(request->settings, settings));
	g_assert_true(pairs_equal(request->credentials, credentials));
}

static void test_hello_round_trip(void)
{
	struct setting_row rows[] = {
		{ "accel", SETTING_TEXT, false, false, "auto", "kvm or tcg" },
		{ "password", SETTING_PATH, true, true, NULL, NULL },
		{ 0 },
	};
	const struct hello hello = {
		.name = (char *)"qemu",
		.version = (char *)"1",
		.traits = { .abilities = ABILITY_POWER | ABILITY_LABELS,
		            .rest_ms = 9,
		            .batch_max = 1 },
		.settings = rows,
	};
	autoptr(message) message = message_read(codec_hello_result_line(1, &hello));
	autoptr(hello) read = message_to_hello(message, NULL);

	g_assert_nonnull(read);
	g_assert_cmpstr(read->name, ==, "qemu");
	g_assert_cmpuint(read->traits.abilities, ==, hello.traits.abilities);
	g_assert_cmpint(read->traits.rest_ms, ==, 9);
	g_assert_cmpstr(read->settings[0].fallback, ==, "auto");
	g_assert_true(read->settings[1].is_secret && read->settings[1].is_required);
	g_assert_cmpint(read->settings[1].type, ==, SETTING_PATH);
	g_assert_null(read->settings[2].name);
}

static struct instance *instance_make(void)
{
	const struct pair label = { "team", "web" };
	struct instance *instance = instance_new("i-1");

	instance->name = g_strdup("a-b-1");
	instance->state = INSTANCE_RUNNING;
	instance->marks = (struct marks){ g_strdup("me"), g_strdup("a/b/1"), g_strdup("u1"),
		                          g_strdup("i1"), true };
	instance->size = (struct size){ NULL, 2, 1 << 30, 1 << 30, 0 };
	instance->live_cpus_max = 8;
	instance->live_memory_max_bytes = INT64_C(8) << 30;
	instance->addresses = g_strsplit("10.0.0.5,fd00::5", ",", -1);
	instance->forwards = g_new0(struct forward, 1);
	instance->forwards[0] = (struct forward){ 80, g_strdup("127.0.0.1"), 40080 };
	instance->forwards_len = 1;
	instance->labels = pairs_new(&label, 1);
	instance->created_at_ms = 1700000000000;
	instance->zone = g_strdup("a");
	instance->fault = g_strdup("none really");
	return instance;
}

static void test_list_round_trip(void)
{
	autoptr(ask) ask = ask_make(VERB_LIST);
	autoptr(answer) answer = answer_new(7, VERB_LIST);
	autoptr(answer) read = NULL;
	autoptr(message) message = NULL;

	answer->is_complete = true;
	answer->requests = 3;
	answer->instances = g_ptr_array_new_with_free_func((GDestroyNotify)instance_free);
	g_ptr_array_add(answer->instances, instance_make());
	message = message_read(codec_answer_line(4, answer));
	read = message_to_answer(message, ask, NULL);
	g_assert_nonnull(read);
	g_assert_cmpuint(read->id, ==, 7);
	g_assert_true(read->is_complete);
	g_assert_cmpuint(read->requests, ==, 3);
	g_assert_true(instance_equal(read->instances->pdata[0], answer->instances->pdata[0]));
}

static void test_error_round_trip(void)
{
	autoptr(ask) ask = ask_make(VERB_STOP);
	autoptr(message) message =
		message_read(codec_error_line(4, FAULT_THROTTLED, "slow", true, 1500));
	autoptr(answer) answer = message_to_answer(message, ask, NULL);

	g_assert_cmpint(answer->fault, ==, FAULT_THROTTLED);
	g_assert_cmpstr(answer->text, ==, "slow");
	g_assert_true(answer->is_uncertain);
	g_assert_cmpint(answer->retry_after_ms, ==, 1500);
}

/* Results of a list: how many instances are read, or -1 when it makes no sense. */
static const struct {
	const char *result;
	int len;
	bool is_complete;
} lists[] = {
	{ "{\"instances\":[],\"complete\":true}", 0, true },
	{ "{\"instances\":[]}", 0, false },
	{ "{\"instances\":[],\"complete\":null}", 0, false },
	{ "{\"instances\":null,\"complete\":true}", -1, false },
	{ "{\"complete\":true}", -1, false },
	{ "{\"instances\":{},\"complete\":true}", -1, false },
	{ "{\"instances\":[],\"complete\":1}", -1, false },
	{ "[]", -1, false },
	{ "null", -1, false },
	{ "{\"instances\":[{\"id\":\"a\"}],\"complete\":true,\"more\":1}", 1, true },
	{ "{\"instances\":[{\"id\":\"a\"},{\"id\":\"a\"}],\"complete\":true}", -1, false },
	{ "{\"instances\":[{\"id\":\"\"},3,null,{}],\"complete\":true}", 0, false },
	{ "{\"instances\":[{\"id\":\"a\",\"name\":5}],\"complete\":true}", 1, false },
	{ "{\"instances\":[{\"id\":\"a\",\"marks\":{\"owner\":[]}}],\"complete\":true}", 1, false },
	{ "{\"instances\":[{\"id\":\"a\",\"state\":\"odd\",\"marks\":null,\"size\":null,"
	  "\"addresses\":null,\"forwards\":null,\"labels\":null,\"zone\":null,\"fault\":null,"
	  "\"created_at_ms\":null,\"live_cpus_max\":null}],\"complete\":true}",
	  1, true },
	{ "{\"instances\":[{\"id\":\"a\",\"size\":{\"cpus\":2.0}}],\"complete\":true}", 1, true },
	{ "{\"instances\":[{\"id\":\"a\",\"size\":{\"cpus\":2.5}}],\"complete\":true}", 1, false },
	{ "{\"instances\":[{\"id\":\"a\",\"size\":{\"cpus\":-1}}],\"complete\":true}", 1, false },
};

static void test_lists_are_read_with_care(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		autoptr(ask) ask = ask_make(VERB_LIST);
		autoptr(message) message = message_read(g_strdup_printf(
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":%s}\n", lists[i].result));
		g_autoptr(GError) error = NULL;
		autoptr(answer) answer = message_to_answer(message, ask, &error);

		g_test_message("row %zu", i);
		g_assert_cmpint(answer ? (int)answer->instances->len : -1, ==, lists[i].len);
		g_assert_true(answer || g_error_matches(error, FAULT_DOMAIN, FAULT_INTERNAL));
		g_assert_true(!answer || answer->is_complete == lists[i].is_complete);
	}
}

/* Results of a create of two orders, u1 and u2. */
static const struct {
	const char *result;
	bool is_good;
	enum fault second;
} creates[] = {
	{ "[{\"uid\":\"u1\",\"instance\":\"a\"},{\"uid\":\"u2\",\"instance\":\"b\"}]", true,
	  FAULT_NONE },
	{ "[{\"uid\":\"u2\",\"error\":{\"class\":\"quota\"}},{\"uid\":\"u1\",\"instance\":\"a\"}]",
	  true, FAULT_QUOTA },
	{ "[{\"uid\":\"u1\",\"instance\":\"a\"},{\"uid\":\"u2\",\"error\":{\"class\":\"odd\"}}]",
	  true, FAULT_INTERNAL },
	{ "[{\"uid\":\"u1\",\"instance\":\"a\"},{\"uid\":\"u2\",\"error\":{\"class\":\"none\"}}]",
	  true, FAULT_INTERNAL },
	{ "[{\"uid\":\"u1\",\"instance\":\"a\"}]", false, FAULT_NONE },
	{ "[{\"uid\":\"u1\",\"instance\":\"a\"},{\"uid\":\"u2\"}]", false, FAULT_NONE },
	{ "[{\"uid\":\"u1\",\"instance\":\"a\"},{\"uid\":\"u2\",\"instance\":7}]", false,
	  FAULT_NONE },
	{ "null", false, FAULT_NONE },
	{ "7", false, FAULT_NONE },
};

static void test_creates_speak_of_each_order(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(creates); i++) {
		autoptr(ask) ask = ask_make_create(2);
		autoptr(message) message = message_read(g_strdup_printf(
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"results\":%s}}\n",
			creates[i].result));
		autoptr(answer) answer = message_to_answer(message, ask, NULL);
		const struct order_result *result;

		g_test_message("row %zu", i);
		g_assert_true(!answer == !creates[i].is_good);
		if (!answer)
			continue;
		result = answer->results->pdata[1];
		g_assert_cmpstr(result->uid, ==, "u2");
		g_assert_cmpint(result->fault, ==, creates[i].second);
		g_assert_true(!result->instance_id == (result->fault != FAULT_NONE));
	}
}

static const struct {
	const char *line;
	int kind; /* -1: refused */
	enum fault fault;
} messages[] = {
	{ "", -1, 0 },
	{ "hello", -1, 0 },
	{ "[]", -1, 0 },
	{ "{}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\"}", -1, 0 },
	{ "{\"jsonrpc\":\"1.0\",\"id\":1,\"result\":{}}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"result\":{}}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{}}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"result\":{}}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}} x", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xff\"}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":\"bad\"}", -1, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}", MESSAGE_RESULT, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":null}", MESSAGE_RESULT, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", MESSAGE_ERROR, FAULT_INTERNAL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700}}", MESSAGE_ERROR,
	  FAULT_INTERNAL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601}}", MESSAGE_ERROR,
	  FAULT_UNSUPPORTED },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"data\":{\"class\":\"odd\"}}}", MESSAGE_ERROR,
	  FAULT_INTERNAL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"data\":{\"class\":[]}}}", MESSAGE_ERROR,
	  FAULT_INTERNAL },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"data\":{\"class\":\"quota\"}}}",
	  MESSAGE_ERROR, FAULT_QUOTA },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"changed\"}", MESSAGE_CHANGED, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"progress\",\"params\":{\"text\":\"x\"}}",
	  MESSAGE_PROGRESS, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"progress\",\"params\":{}}", MESSAGE_OTHER, 0 },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"new-thing\",\"params\":3}", MESSAGE_OTHER, 0 },
};

static void test_messages_are_told_apart(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
		g_autoptr(GError) error = NULL;
		autoptr(message) message =
			message_parse(messages[i].line, strlen(messages[i].line), &error);

		g_test_message("row %zu", i);
		g_assert_cmpint(message ? (int)message->kind : -1, ==, messages[i].kind);
		g_assert_true(message || g_error_matches(error, FAULT_DOMAIN, FAULT_INTERNAL));
		g_assert_cmpint(message ? message->fault : 0, ==, messages[i].fault);
	}
}

/* Results of hello: the class that they are refused with. */
static const struct {
	const char *result;
	enum fault fault;
} hellos[] = {
	{ "{\"protocol\":1}", FAULT_NONE },
	{ "{\"protocol\":1,\"settings\":[],\"abilities\":[\"power\",\"telepathy\"]}", FAULT_NONE },
	{ "{\"protocol\":1,\"settings\":[{\"name\":\"a\"}],\"traits\":null}", FAULT_NONE },
	{ "{}", FAULT_UNSUPPORTED },
	{ "{\"protocol\":2}", FAULT_UNSUPPORTED },
	{ "{\"protocol\":\"1\"}", FAULT_INTERNAL },
	{ "{\"protocol\":1,\"settings\":{}}", FAULT_INTERNAL },
	{ "{\"protocol\":1,\"settings\":[7]}", FAULT_INTERNAL },
	{ "{\"protocol\":1,\"settings\":[{\"name\":\"a\"},{\"name\":\"\"},{\"name\":\"b\"}]}",
	  FAULT_INTERNAL },
	{ "{\"protocol\":1,\"settings\":[{\"name\":\"a\",\"type\":\"odd\"}]}", FAULT_INTERNAL },
	{ "{\"protocol\":1,\"abilities\":[1]}", FAULT_INTERNAL },
	{ "{\"protocol\":1,\"traits\":{\"rest_ms\":-1}}", FAULT_INTERNAL },
	{ "7", FAULT_INTERNAL },
};

static void test_hellos_are_checked(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hellos); i++) {
		autoptr(message) message = message_read(g_strdup_printf(
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":%s}\n", hellos[i].result));
		g_autoptr(GError) error = NULL;
		autoptr(hello) hello = message_to_hello(message, &error);

		g_test_message("row %zu", i);
		g_assert_cmpint(error ? error->code : 0, ==, hellos[i].fault);
		g_assert_true(!hello == (hellos[i].fault != FAULT_NONE));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/codec/create", test_create_arrives_whole);
	g_test_add_func("/codec/changes", test_changes_arrive_whole);
	g_test_add_func("/codec/open", test_open_carries_secrets);
	g_test_add_func("/codec/hello", test_hello_round_trip);
	g_test_add_func("/codec/list", test_list_round_trip);
	g_test_add_func("/codec/error", test_error_round_trip);
	g_test_add_func("/codec/lists", test_lists_are_read_with_care);
	g_test_add_func("/codec/creates", test_creates_speak_of_each_order);
	g_test_add_func("/codec/messages", test_messages_are_told_apart);
	g_test_add_func("/codec/hellos", test_hellos_are_checked);
	return g_test_run();
}
