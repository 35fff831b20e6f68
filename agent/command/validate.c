/* SPDX-License-Identifier: GPL-2.0-or-later */
/* muster validate - all that is wrong in manifests, at once. */
#include "agent/api/view_json.h"
#include "agent/command/commands.h"
#include "agent/command/document.h"
#include "agent/command/paths.h"
#include "agent/command/review.h"
#include "agent/output/terminal.h"
#include "reconcile/model/finding.h"

#include <limits.h>
#include <stdio.h>

static json_t *notes_json(const struct review *review)
{
	json_t *notes = json_array();

	for (guint i = 0; i < review->notes->len; i++)
		json_array_append_new(notes, json_string(g_ptr_array_index(review->notes, i)));
	return notes;
}

static void review_print_json(const struct review *review)
{
	document_print(json_pack("{s:b, s:o, s:o, s:i, s:i, s:i, s:I}", "valid",
	                         review->findings->len == 0, "findings",
	                         findings_to_json(review->findings, SIZE_MAX), "notes",
	                         notes_json(review), "files", (int)review->files, "clouds",
	                         (int)review->fleet->clouds->len, "deployments",
	                         (int)review->fleet->deployments->len, "members",
	                         (json_int_t)review_members(review)));
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void review_print_text(const struct review *review)
{
	bool in_colour = terminal_has_colour(stdout);
	const struct fleet *fleet = review->fleet;
	size_t members = review_members(review);

	for (guint i = 0; i < review->findings->len; i++) {
		g_autofree char *text =
			finding_format(g_ptr_array_index(review->findings, i), in_colour);
		fputs(text, stdout);
	}
	for (guint i = 0; i < review->notes->len; i++) {
		g_autofree char *note = terminal_clean(g_ptr_array_index(review->notes, i));

		printf("note: %s\n", note);
	}
	g_autofree char *verdict = review->findings->len == 0
	                                   ? g_strdup("all good")
	                                   : g_strdup_printf("%u finding%s", review->findings->len,
	                                                     plural(review->findings->len));
	printf("%u file%s, %u cloud%s, %u deployment%s, %zu member%s: %s.\n", review->files,
	       plural(review->files), fleet->clouds->len, plural(fleet->clouds->len),
	       fleet->deployments->len, plural(fleet->deployments->len), members, plural(members),
	       verdict);
}

static bool paths_are_there(char *const *paths, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!g_file_test(paths[i], G_FILE_TEST_EXISTS)) {
			g_autofree char *clean = terminal_clean(paths[i]);
			fprintf(stderr,
			        "muster: \"%s\" is not there; name the manifests, or the "
			        "directory that holds them\n",
			        clean);
			return false;
		}
	}
	return true;
}

static enum exit_code validate_run(const struct arguments *arguments)
{
	g_autofree char *fallback = paths_manifests(arguments);
	bool is_said = arguments->operands->len > 0;
	char *const *paths = is_said ? (char *const *)arguments->operands->pdata : &fallback;
	size_t len = is_said ? arguments->operands->len : 1;

	if (paths[0] == NULL) {
		fputs("muster: FILE or DIR is missing, and $MUSTER_MANIFESTS is not set (see muster "
		      "validate --help)\n",
		      stderr);
		return EXIT_CODE_USAGE;
	}
	if (!paths_are_there(paths, len))
		return EXIT_CODE_FAILED;
	const char *plugins = arguments_text(arguments, "plugins");
	autoptr(review) review =
		review_make(paths, len, plugins == NULL ? MUSTER_LIBEXECDIR : plugins);
	if (arguments_want_json(arguments))
		review_print_json(review);
	else
		review_print_text(review);
	return review->findings->len == 0 ? EXIT_CODE_GOOD : EXIT_CODE_FAILED;
}

static const struct option_row validate_options[] = {
	PATHS_PLUGINS_ROW,
	{ 0 },
};

const struct command command_validate = {
	.name = "validate",
	.help = "say all that is wrong in manifests",
	.operands = "[FILE|DIR...]",
	.operands_max = UINT_MAX,
	.options = validate_options,
	.has_output = true,
	.more = "Several files and directories are checked as one set. Without any it\n"
		"takes $MUSTER_MANIFESTS. Needs no agent and asks no cloud. The exit code is 1\n"
		"when there is anything to mend. Settings of clouds are checked where their\n"
		"connector is there. Given files alone, a cloud that none of them has is a note.",
	.run = validate_run,
};
