/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands - the row that each subcommand's file provides. */
#pragma once

#include "agent/command/command.h"

extern const struct command command_agent;
extern const struct command command_apply;
extern const struct command command_completion;
extern const struct command command_events;
extern const struct command command_explain;
extern const struct command command_manual;
extern const struct command command_plan;
extern const struct command command_schema;
extern const struct command command_status;
extern const struct command command_validate;
extern const struct command command_version;
extern const struct command command_words;
