/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decode - takes of checked values: the functions that rows name. None can fail. */
#pragma once

#include "reconcile/manifest/row.h"

/* Takes each key of the checked map @node by its row of @shape into @target. */
void decode_struct(const struct shape *shape, const struct source *source, const struct node *node,
                   void *target);

/* char * */
void take_text(const struct row *row, const struct source *source, const struct node *node,
               void *target);
/* unsigned */
void take_unsigned(const struct row *row, const struct source *source, const struct node *node,
                   void *target);
/* int64_t, of bytes or milliseconds */
void take_quantity(const struct row *row, const struct source *source, const struct node *node,
                   void *target);
/* char **, in the order written */
void take_texts(const struct row *row, const struct source *source, const struct node *node,
                void *target);
/* char **, in the order of key_compare */
void take_names(const struct row *row, const struct source *source, const struct node *node,
                void *target);
/* struct pairs * */
void take_pairs(const struct row *row, const struct source *source, const struct node *node,
                void *target);
/* A struct inside of the target, or with offset 0 more of the target itself. */
void take_struct(const struct row *row, const struct source *source, const struct node *node,
                 void *target);

/* A set of a checked map of texts. */
struct pairs *decode_pairs(const struct node *node);
/* The texts of a checked list, NULL-terminated. */
char **decode_texts(const struct node *node);
