/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auto - owning locals for our own structs.
 *
 * GLib's g_autoptr wants a typedef; our structs have none, so this is the same with the struct's
 * tag:
 *
 *     autoptr(fleet) fleet = fleet_new();
 *     return g_steal_pointer(&fleet);
 *
 * Locals are released at the end of their scope; NULL is never released. */
#pragma once

#include <glib.h>

#define autoptr(tag) __attribute__((cleanup(auto_##tag), unused)) struct tag *

#define AUTO_DEFINE(tag, release)                                       \
	G_GNUC_UNUSED static inline void auto_##tag(struct tag **owned) \
	{                                                               \
		if (*owned)                                             \
			release(*owned);                                \
	}                                                               \
	struct tag
