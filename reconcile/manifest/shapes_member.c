/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes, ports, labels, readiness and user data of members. */
#include "reconcile/manifest/shapes_member.h"

#include "reconcile/manifest/check.h"
#include "reconcile/manifest/decode.h"
#include "reconcile/manifest/shapes.h"
#include "reconcile/manifest/template.h"
#include "reconcile/model/quantity.h"

#include <arpa/inet.h>
#include <string.h>

static const char our_labels[] = "muster-";

static void check_count(struct source *source, const struct shape *shape, const struct node *node)
{
	int64_t count = 0;

	(void)shape;
	check_integer(node->text, &count);
	if (count > source->limits->members) {
		source_find(source, node,
		            "count %s is over the limit of %u members of one component", node->text,
		            source->limits->members);
	}
}

/* The limit itself is checked by check_count, as tests set another; the schema says it. */
const struct shape shape_count = {
	.kind = SHAPE_INTEGER,
	.title = "a count",
	.check = check_count,
	.schema_extra = "{\"maximum\": 100000}",
};

static void check_member(struct source *source, const struct shape *shape, const struct node *node)
{
	guint before = source->findings->len;

	shape_name.check(source, shape, node);
	if (source->findings->len == before && node->text[0] == '0' &&
	    node->text[strspn(node->text, "0123456789")] == '\0')
		source_find(source, node, "a number as a member's name must not begin with 0");
}

static const struct shape shape_member = {
	.kind = SHAPE_TEXT,
	.title = "a member's name",
	.min = 1,
	.pattern = "^(?!0[0-9]*$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
	.check = check_member,
};

const struct shape shape_members = {
	.kind = SHAPE_LIST,
	.title = "members",
	.max = 100000,
	.item = &shape_member,
	.is_unique = true,
};

static const struct row size_rows[] = {
	{ .name = "cpus",
	  .shape = &shape_cpus,
	  .help = "At least this many virtual CPUs.",
	  .example = "2",
	  .take = take_unsigned,
	  .offset = offsetof(struct size, cpus) },
	{ .name = "memory",
	  .shape = &shape_memory,
	  .help = "At least this much memory.",
	  .example = "4GiB",
	  .take = take_quantity,
	  .offset = offsetof(struct size, memory_bytes) },
	{ .name = "disk",
	  .shape = &shape_disk,
	  .help = "A root disk of at least this.",
	  .fallback = "the image's",
	  .example = "20GiB",
	  .take = take_quantity,
	  .offset = offsetof(struct size, disk_bytes) },
	{ 0 },
};

static const struct shape shape_size_amounts = {
	.kind = SHAPE_STRUCT,
	.title = "a size",
	.min = 1,
	.rows = size_rows,
};

const struct shape shape_size = {
	.kind = SHAPE_EITHER,
	.title = "a size's name or a map of cpus, memory and disk",
	.scalar = &shape_word,
	.item = &shape_size_amounts,
};

const struct shape shape_ssh_keys = {
	.kind = SHAPE_LIST,
	.title = "sshKeys",
	.max = 100,
	.item = &shape_text,
	.is_unique = true,
};

const struct shape shape_networks = {
	.kind = SHAPE_LIST,
	.title = "networks",
	.max = 32,
	.item = &shape_word,
	.is_unique = true,
};

static void check_label_name(struct source *source, const struct shape *shape,
                             const struct node *node)
{
	size_t len = strlen(node->text);

	(void)shape;
	if (g_str_has_prefix(node->text, our_labels)) {
		source_find(source, node, "\"%s\": labels that begin with \"%s\" are Muster's own",
		            node->text, our_labels);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		char c = node->text[i];
		bool is_inside = i > 0 && i + 1 < len;
		if (!g_ascii_isalnum(c) && !(is_inside && strchr("._/-", c) != NULL)) {
			source_find(
				source, node,
				"a label's name must be of letters, digits and \"._/-\" between "
				"them, not \"%s\"",
				node->text);
			return;
		}
	}
}

static const struct shape shape_label_name = {
	.kind = SHAPE_TEXT,
	.title = "a label's name",
	.min = 1,
	.max = 63,
	.pattern = "^(?!muster-)[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$",
	.check = check_label_name,
};

static void check_label_value(struct source *source, const struct shape *shape,
                              const struct node *node)
{
	shape_text.check(source, shape, node);
}

static const struct shape shape_label_value = {
	.kind = SHAPE_TEXT,
	.title = "a label's value",
	.max = 255,
	.pattern = "^[^\\x00-\\x1f\\x7f]*$",
	.check = check_label_value,
};

const struct shape shape_labels = {
	.kind = SHAPE_MAP,
	.title = "labels",
	.max = 64,
	.key = &shape_label_name,
	.item = &shape_label_value,
};

static bool is_cidr(const char *text)
{
	const char *slash = strchr(text, '/');
	g_autofree char *address = slash == NULL ? NULL : g_strndup(text, (size_t)(slash - text));
	unsigned char bytes[sizeof(struct in6_addr)];
	int64_t bits = 0;

	if (slash == NULL || !check_integer(slash + 1, &bits))
		return false;
	return (inet_pton(AF_INET, address, bytes) == 1 && bits <= 32) ||
	       (inet_pton(AF_INET6, address, bytes) == 1 && bits <= 128);
}

static void check_cidr(struct source *source, const struct shape *shape, const struct node *node)
{
	(void)shape;
	if (!is_cidr(node->text)) {
		source_find(source, node,
		            "\"%s\" is no network; write one as \"10.0.0.0/8\", one address as "
		            "\"192.0.2.7/32\"",
		            node->text);
	}
}

static const struct shape shape_cidr = {
	.kind = SHAPE_TEXT,
	.title = "a network",
	.min = 1,
	.pattern = "^[0-9A-Fa-f:.]+/(0|[1-9][0-9]{0,2})$",
	.check = check_cidr,
};

static void take_port(const struct row *row, const struct source *source, const struct node *node,
                      void *target)
{
	int64_t port = 0;

	(void)source;
	check_integer(node->text, &port);
	*(uint16_t *)(void *)((char *)target + row->offset) = (uint16_t)port;
}

static const struct row opening_rows[] = {
	{ .name = "port",
	  .shape = &shape_port,
	  .help = "The TCP port.",
	  .example = "443",
	  .is_required = true,
	  .take = take_port,
	  .offset = offsetof(struct opening, port) },
	{ .name = "from",
	  .shape = &shape_cidr,
	  .help = "The network that may connect.",
	  .fallback = "everywhere",
	  .example = "10.0.0.0/8",
	  .take = take_text,
	  .offset = offsetof(struct opening, from) },
	{ 0 },
};

static const struct shape shape_opening = {
	.kind = SHAPE_STRUCT,
	.title = "an entry of firewall",
	.rows = opening_rows,
};

const struct shape shape_firewall = {
	.kind = SHAPE_LIST,
	.title = "firewall",
	.max = 256,
	.item = &shape_opening,
};

const struct shape shape_after = {
	.kind = SHAPE_LIST,
	.title = "after",
	.max = 1000,
	.item = &shape_name,
	.is_unique = true,
};

static void check_user_data(struct source *source, const struct shape *shape,
                            const struct node *node)
{
	g_autoptr(GError) error = NULL;
	size_t offset = 0;

	(void)shape;
	autoptr(template) template = template_new(node->text, &offset, &error);

	if (template == NULL)
		source_find_inside(source, node, offset, g_strdup(error->message));
}

const struct shape shape_user_data = {
	.kind = SHAPE_TEXT,
	.title = "userData",
	.max = 65536,
	.check = check_user_data,
};

/* ":80/healthz", as port and path. */
static bool http_parse(const char *text, uint16_t *ret_port, const char **ret_path)
{
	size_t digits = *text == ':' ? strspn(text + 1, "0123456789") : 0;
	g_autofree char *number = g_strndup(text + (*text == ':'), digits);
	const char *path = text + (*text == ':') + digits;
	int64_t port = 0;

	if (!check_integer(number, &port) || port < 1 || port > 65535 ||
	    (*path != '/' && *path != '\0'))
		return false;
	for (const char *at = path; *at != '\0'; at++)
		if (!g_ascii_isgraph(*at))
			return false;
	*ret_port = (uint16_t)port;
	*ret_path = *path == '\0' ? "/" : path;
	return true;
}

static void check_http(struct source *source, const struct shape *shape, const struct node *node)
{
	const char *path = NULL;
	uint16_t port = 0;

	(void)shape;
	if (!http_parse(node->text, &port, &path)) {
		source_find(source, node, "\"%s\" is no target; write one as \":80/healthz\"",
		            node->text);
	}
}

static const struct shape shape_http = {
	.kind = SHAPE_TEXT,
	.title = "a port and path",
	.min = 1,
	.max = 2048,
	.pattern = "^:[1-9][0-9]{0,4}(/[!-~]*)?$",
	.check = check_http,
};

static void check_running(struct source *source, const struct shape *shape, const struct node *node)
{
	(void)shape;
	if (!g_str_equal(node->text, "true"))
		source_find(source, node, "\"running: false\" says nothing; leave it out");
}

static const struct shape shape_running = {
	.kind = SHAPE_BOOL,
	.title = "true",
	.check = check_running,
	.schema_extra = "{\"const\": true}",
};

static const struct shape shape_within = {
	.kind = SHAPE_DURATION,
	.title = "a duration",
	.min = 1000,
	.max = INT64_C(7) * 86400 * 1000,
};

static void take_ready_tcp(const struct row *row, const struct source *source,
                           const struct node *node, void *target)
{
	((struct ready *)target)->kind = READY_TCP;
	take_port(row, source, node, target);
}

static void take_ready_http(const struct row *row, const struct source *source,
                            const struct node *node, void *target)
{
	struct ready *ready = target;
	const char *path = NULL;

	(void)row;
	(void)source;
	ready->kind = READY_HTTP;
	http_parse(node->text, &ready->port, &path);
	ready->path = g_strdup(path);
}

static const struct row ready_rows[] = {
	{ .name = "tcp",
	  .shape = &shape_port,
	  .help = "Ready when this port takes a connection.",
	  .example = "5432",
	  .take = take_ready_tcp,
	  .offset = offsetof(struct ready, port) },
	{ .name = "http",
	  .shape = &shape_http,
	  .help = "Ready when a GET of this port and path is answered with 200 to 399.",
	  .example = "\":80/healthz\"",
	  .take = take_ready_http },
	{ .name = "running",
	  .shape = &shape_running,
	  .help = "Ready as soon as the cloud says that it runs; this is so when nothing is said.",
	  .example = "true" },
	{ .name = "within",
	  .shape = &shape_within,
	  .help = "How long it may take before the member counts as failed.",
	  .fallback = "5m",
	  .example = "3m",
	  .take = take_quantity,
	  .offset = offsetof(struct ready, within_ms) },
	{ 0 },
};

static const char *const ready_keys[] = { "tcp", "http", "running", NULL };

const struct shape shape_ready = {
	.kind = SHAPE_STRUCT,
	.title = "ready",
	.rows = ready_rows,
	.exclusive = ready_keys,
};
