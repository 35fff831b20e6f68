/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are the agent's configuration: refused with a finding, or taken with limits that hold.
 */
#include "reconcile/manifest/config.h"
#include "reconcile/model/finding.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	g_autoptr(GPtrArray) findings = finding_array_new();
	g_autoptr(GBytes) file = g_bytes_new(bytes, len);
	struct config config;
	bool is_good = config_decode(file, "agent.yaml", &config, findings);

	g_assert_cmpint(is_good, ==, findings->len == 0);
	if (is_good) {
		g_assert_cmpuint(config.limits.deletions_percent, <=, 100);
		g_assert_cmpint(config.limits.busy_ms, <=, config.limits.rest_ms);
		g_assert_cmpuint(config.limits.probes_in_flight, >, 0);
		config_clear(&config);
	}
	return 0;
}
