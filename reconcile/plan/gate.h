/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gate - what stops any action for now: an operation under way, the cloud, the clock of a
 * failure. */
#pragma once

#include "reconcile/plan/subject.h"

/* The hold of a subject with an operation that is open or uncertain; NULL when it has none. */
struct hold *gate_operation(const struct subject *subject);
/* Why the subject's cloud cannot do @kind now; NULL when it can. */
struct hold *gate_cloud(const struct subject *subject, enum action_kind kind);
/* The hold of an instance whose state is not known: before a cloud was listed that says nothing of
 * the cloud, and is told as that. */
struct hold *gate_unknown_state(const struct subject *subject, enum action_kind kind);
/* What the cloud shows of @sighting instead of what @vain asked for: "asked twice, lab still shows
 * 2 cpus"; freed by the caller. */
char *gate_vain_text(const struct vain *vain, const struct sighting *sighting);
/* The hold of an instance that does not show what @verb did, and that waits for the next try of
 * @kind; NULL when it does not. */
struct hold *gate_vain(const struct subject *subject, enum action_kind kind, enum verb verb);
/* Why the last failure holds @verb for @kind still; NULL when it does not. @fingerprint is what
 * would be asked for now; NULL where that does not matter. */
struct hold *gate_failure(const struct subject *subject, enum action_kind kind, enum verb verb,
                          const char *fingerprint);
