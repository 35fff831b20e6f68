/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_news - tells of each finding once, and when a file becomes bad or good again. */
#pragma once

#include "reconcile/model/event.h"
#include "reconcile/model/finding.h"

struct file_news;

/* Nothing is known to be bad. */
struct file_news *file_news_new(void);
/* NULL is fine. */
void file_news_free(struct file_news *news);
/* Compares @findings (struct finding, sorted) with those of the last time: new ones are logged, and
 * each file that became bad or good gives @on_event one event. */
void file_news_tell(struct file_news *news, const GPtrArray *findings,
                    void (*on_event)(struct event *own_event, void *data), void *data);

AUTO_DEFINE(file_news, file_news_free);
