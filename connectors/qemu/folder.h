/* SPDX-License-Identifier: GPL-2.0-or-later */
/* folder - small files in an open directory, written so that a crash leaves the old or the new. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Opens the directory @name below @parent_fd (AT_FDCWD for a path) close-on-exec; -1 with an error
 * of class not-found when it is not there. */
int folder_open(int parent_fd, const char *name, GError **error);
/* Writes @text to @name in @fd under a temporary name and renames it; a durable one is also there
 * after a power cut, which takes some milliseconds. A full disk is FAULT_CAPACITY. */
bool folder_write(int fd, const char *name, const char *text, bool is_durable, GError **error);
/* The text of @name in @fd, at most @max_bytes; NULL with an error. */
char *folder_read(int fd, const char *name, size_t max_bytes, GError **error);
/* Renames @from to @to in @fd and makes it durable; never over something that is there. */
bool folder_rename(int fd, const char *from, const char *to, GError **error);
/* Removes @name in @parent_fd with all below it; symbolic links are not followed. Blocking. */
bool folder_remove(int parent_fd, const char *name, GError **error);
/* Sets @error from errno: @what, then the reason. ENOSPC and EDQUOT are FAULT_CAPACITY. False. */
bool folder_fail(const char *what, GError **error);
