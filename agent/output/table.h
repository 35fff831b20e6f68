/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table - rows of cells as aligned columns.
 *
 * Columns that are empty in every row are left out; the last one is cut to the width that there is.
 * Text from outside is cleaned of control characters. */
#pragma once

#include "agent/output/terminal.h"
#include "reconcile/model/auto.h"

struct table;

/* A table with these column headings, NULL-terminated and static; one that begins with ">" is
 * aligned to the right. */
struct table *table_new(const char *const *headings);
/* NULL is fine. */
void table_free(struct table *table);
/* The next cell of the current row, copied; NULL is an empty one. A full row begins the next. */
void table_add(struct table *table, enum style style, const char *text);
/* The same with a format. */
void table_addf(struct table *table, enum style style, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Ends a row early: the cells that are missing are empty. */
void table_end_row(struct table *table);
/* How many rows it has. */
size_t table_rows(const struct table *table);
/* Appends it to @out, indented by @indent; nothing where there is no row. @width 0 does not cut. */
void table_print(const struct table *table, GString *out, unsigned indent, bool in_colour,
                 unsigned width);

AUTO_DEFINE(table, table_free);
