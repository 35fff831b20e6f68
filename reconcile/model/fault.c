/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the classes of failure, and the error domain that they belong to.
 */
#include "reconcile/model/fault.h"

static const char *const names[] = {
	[FAULT_NONE] = "none",
	[FAULT_TRANSIENT] = "transient",
	[FAULT_THROTTLED] = "throttled",
	[FAULT_QUOTA] = "quota",
	[FAULT_CAPACITY] = "capacity",
	[FAULT_CONFLICT] = "conflict",
	[FAULT_NOT_FOUND] = "not-found",
	[FAULT_EXISTS] = "exists",
	[FAULT_AUTH] = "auth",
	[FAULT_INVALID] = "invalid",
	[FAULT_UNSUPPORTED] = "unsupported",
	[FAULT_INTERNAL] = "internal",
};

GQuark fault_domain(void)
{
	return g_quark_from_static_string("muster-fault");
}

const char *fault_name(enum fault fault)
{
	g_assert((size_t)fault < G_N_ELEMENTS(names));
	return names[fault];
}

bool fault_parse(const char *name, enum fault *ret_fault)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_str_equal(name, names[i])) {
			*ret_fault = (enum fault)i;
			return true;
		}
	}
	return false;
}
