/* SPDX-License-Identifier: GPL-2.0-or-later */
/* codec_inside - what both directions of the codec share. */
#pragma once

#include <glib.h>
#include <jansson.h>

enum {
	CODEC_WORD_MAX = 4096,  /* names, uids, keys */
	CODEC_TEXT_MAX = 65536, /* texts for people */
	CODEC_USER_DATA_MAX = 16 << 20,
	CODEC_ITEMS_MAX = 100000, /* orders, results, sizes, images */
	CODEC_SETTINGS_MAX = 256,
};

/* A line of @own_root with its newline. */
char *codec_line(json_t *own_root);
/* An object, not nested deeper than jansson's limit, without repeated members. */
json_t *codec_parse(const char *line, size_t len, GError **error);
