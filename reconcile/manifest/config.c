/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the configuration file, and its one document. */
#include "reconcile/manifest/config.h"

#include "reconcile/engine/engine.h"
#include "reconcile/manifest/check.h"
#include "reconcile/manifest/decode.h"
#include "reconcile/manifest/entry.h"
#include "reconcile/manifest/shapes.h"

#include <string.h>

#define IN_CONFIG(member) offsetof(struct config, member)

static const struct shape shape_number = {
	.kind = SHAPE_INTEGER,
	.title = "a number",
	.max = 1000000,
};

static const struct shape shape_percent = {
	.kind = SHAPE_INTEGER,
	.title = "a percentage",
	.max = 100,
};

static const struct shape shape_probes = {
	.kind = SHAPE_INTEGER,
	.title = "a number of probes",
	.min = 1,
	.max = 10000,
};

static const struct shape shape_span = {
	.kind = SHAPE_DURATION,
	.title = "a duration",
	.max = INT64_C(30) * 86400 * 1000,
};

static const struct shape shape_period = {
	.kind = SHAPE_DURATION,
	.title = "a duration",
	.min = 100,
	.max = INT64_C(86400) * 1000,
};

static const struct row deletion_rows[] = {
	{ .name = "count",
	  .shape = &shape_number,
	  .help = "At most so many VMs are destroyed within the window, or \"percent\", whichever is "
	          "more.",
	  .fallback = "5",
	  .example = "5",
	  .take = take_unsigned,
	  .offset = IN_CONFIG(limits.deletions) },
	{ .name = "percent",
	  .shape = &shape_percent,
	  .help = "At most so many of a hundred VMs of a deployment, of a cloud and of all.",
	  .fallback = "10",
	  .example = "10",
	  .take = take_unsigned,
	  .offset = IN_CONFIG(limits.deletions_percent) },
	{ .name = "window",
	  .shape = &shape_span,
	  .help = "The time over which deletions are counted.",
	  .fallback = "1h",
	  .example = "1h",
	  .take = take_quantity,
	  .offset = IN_CONFIG(limits.deletion_window_ms) },
	{ 0 },
};

static const struct shape shape_deletions = {
	.kind = SHAPE_STRUCT,
	.title = "deletions",
	.rows = deletion_rows,
};

static const struct row poll_rows[] = {
	{ .name = "busy",
	  .shape = &shape_period,
	  .help = "How often a cloud is listed while something is under way there.",
	  .fallback = "2s",
	  .example = "2s",
	  .take = take_quantity,
	  .offset = IN_CONFIG(limits.busy_ms) },
	{ .name = "rest",
	  .shape = &shape_period,
	  .help = "How often a cloud is listed at rest, at the least.",
	  .fallback = "1m",
	  .example = "1m",
	  .take = take_quantity,
	  .offset = IN_CONFIG(limits.rest_ms) },
	{ 0 },
};

static const struct shape shape_poll = {
	.kind = SHAPE_STRUCT,
	.title = "poll",
	.rows = poll_rows,
};

static const struct row limit_rows[] = {
	{ .name = "deletions",
	  .shape = &shape_deletions,
	  .help = "The deletion budget; what exceeds it is held.",
	  .example = "{ count: 5, percent: 10, window: 1h }",
	  .take = take_struct },
	{ .name = "missingGrace",
	  .shape = &shape_span,
	  .help = "How long a deployment stays after its manifest has gone.",
	  .fallback = "10m",
	  .example = "10m",
	  .take = take_quantity,
	  .offset = IN_CONFIG(limits.missing_grace_ms) },
	{ .name = "poll",
	  .shape = &shape_poll,
	  .help = "How often clouds are looked at.",
	  .example = "{ busy: 2s, rest: 1m }",
	  .take = take_struct },
	{ .name = "probesInFlight",
	  .shape = &shape_probes,
	  .help = "At most so many readiness probes at once.",
	  .fallback = "64",
	  .example = "64",
	  .take = take_unsigned,
	  .offset = IN_CONFIG(limits.probes_in_flight) },
	{ .name = "settle",
	  .shape = &shape_span,
	  .help = "How long the manifests must rest after a change before they are read.",
	  .fallback = "50ms",
	  .example = "50ms",
	  .take = take_quantity,
	  .offset = IN_CONFIG(settle_ms) },
	{ 0 },
};

static const struct shape shape_config_limits = {
	.kind = SHAPE_STRUCT,
	.title = "limits",
	.rows = limit_rows,
};

static const char *const format_words[] = { "auto", "text", "json", NULL };
static const char *const level_words[] = { "error", "warning", "info", "debug", NULL };

static const struct shape shape_format = {
	.kind = SHAPE_WORD,
	.title = "a log's format",
	.words = format_words,
};

static const struct shape shape_level = {
	.kind = SHAPE_WORD,
	.title = "a log's level",
	.words = level_words,
};

static unsigned word_index(const struct shape *shape, const char *word)
{
	unsigned i = 0;

	while (!g_str_equal(shape->words[i], word))
		i++;
	return i;
}

static void take_format(const struct row *row, const struct source *source, const struct node *node,
                        void *target)
{
	(void)source;
	((struct config *)target)->log_format =
		(enum config_log_format)word_index(row->shape, node->text);
}

static void take_level(const struct row *row, const struct source *source, const struct node *node,
                       void *target)
{
	(void)source;
	((struct config *)target)->log_level =
		(enum config_log_level)word_index(row->shape, node->text);
}

static const struct row log_rows[] = {
	{ .name = "format",
	  .shape = &shape_format,
	  .help = "How events are written.",
	  .fallback = "auto: the journal under systemd, else text",
	  .example = "json",
	  .take = take_format },
	{ .name = "level",
	  .shape = &shape_level,
	  .help = "Events of this level and above are written.",
	  .fallback = "info",
	  .example = "debug",
	  .take = take_level },
	{ 0 },
};

static const struct shape shape_log = {
	.kind = SHAPE_STRUCT,
	.title = "log",
	.rows = log_rows,
};

static const struct row config_rows[] = {
	{ .name = "manifests",
	  .shape = &shape_path,
	  .help = "The directory with the manifests; --manifests goes before it.",
	  .example = "/etc/muster/manifests",
	  .take = take_text,
	  .offset = IN_CONFIG(manifests) },
	{ .name = "state",
	  .shape = &shape_path,
	  .help = "The directory with the agent's memory; --state goes before it.",
	  .example = "/var/lib/muster",
	  .take = take_text,
	  .offset = IN_CONFIG(state) },
	{ .name = "plugins",
	  .shape = &shape_path,
	  .help = "The directory with connectors that are programs.",
	  .fallback = "the one of the installation",
	  .example = "/usr/local/libexec/muster",
	  .take = take_text,
	  .offset = IN_CONFIG(plugins) },
	{ .name = "owner",
	  .shape = &shape_name,
	  .help = "The name in the owner mark of this installation's VMs. It is kept with the state: "
	          "only a new state directory takes it.",
	  .fallback = "drawn by lot",
	  .example = "lab-1",
	  .take = take_text,
	  .offset = IN_CONFIG(owner) },
	{ .name = "log",
	  .shape = &shape_log,
	  .help = "What is logged, and how.",
	  .example = "{ format: json, level: info }",
	  .take = take_struct },
	{ .name = "limits",
	  .shape = &shape_config_limits,
	  .help = "How much the agent does, and how fast.",
	  .example = "{ missingGrace: 30m }",
	  .take = take_struct },
	{ 0 },
};

const struct shape shape_config = {
	.kind = SHAPE_STRUCT,
	.title = "the configuration",
	.rows = config_rows,
};

void config_init(struct config *config)
{
	*config = (struct config){
		.log_level = CONFIG_LOG_INFO,
		.limits = engine_limits_default,
		.settle_ms = 50,
	};
}

void config_clear(struct config *config)
{
	g_free(config->manifests);
	g_free(config->state);
	g_free(config->plugins);
	g_free(config->owner);
	*config = (struct config){ 0 };
}

/* The limits guard each other: a busy period above the one at rest is a mistake. */
static void periods_check(struct source *source, const struct node *root,
                          const struct config *config)
{
	const struct node *poll = node_get(node_get(root, "limits"), "poll");

	if (config->limits.busy_ms > config->limits.rest_ms) {
		source_find(source, poll == NULL ? root : poll,
		            "\"busy\" must not be longer than \"rest\"");
	}
}

static bool document_decode(struct source *source, const struct node *root, struct config *config)
{
	guint before = source->findings->len;

	if (root == NULL || node_is_null(root) || source->findings->len > before)
		return source->findings->len == before;
	if (!check_node(source, &shape_config, root))
		return false;
	decode_struct(&shape_config, source, root, config);
	periods_check(source, root, config);
	return source->findings->len == before;
}

static bool pieces_decode(struct source *source, struct config *config)
{
	struct yaml_usage usage = { 0 };
	struct piece piece = { source->text, 0, 1 }, more;
	guint before = source->findings->len;

	piece_next(&piece, source->text + source->len);
	more = piece;
	autoptr(tree) tree =
		yaml_parse(&(struct source){ source->file, piece.text, piece.len, piece.line,
	                                     source->limits, source->findings },
	                   &usage);

	if (piece_next(&more, source->text + source->len)) {
		source_find_at(source, more.line, 1,
		               g_strdup("the configuration is one document; drop the \"---\""));
	}
	document_decode(source, tree->root, config);
	return source->findings->len == before;
}

bool config_decode(GBytes *bytes, const char *file, struct config *ret_config, GPtrArray *findings)
{
	size_t len = 0;
	const char *text = g_bytes_get_data(bytes, &len);
	struct source source = { .file = g_intern_string(file),
		                 .text = "",
		                 .line = 1,
		                 .limits = &manifests_limits_default,
		                 .findings = findings };
	struct config config;
	uint32_t line = 0;
	char *problem = len == 0 ? NULL : source_check_bytes(source.limits, text, len, &line);

	if (problem != NULL) {
		source_find_at(&source, line, line > 0, problem);
		return false;
	}
	if (len > 0) {
		source.text = text + source_mark_len(text, len);
		source.len = len - source_mark_len(text, len);
	}
	config_init(&config);
	if (!pieces_decode(&source, &config)) {
		config_clear(&config);
		return false;
	}
	*ret_config = config;
	return true;
}
