/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are a file of manifests: what is wrong is found, with a place and a text; what is good
 * is in the fleet, sorted, each name once, and is what a second look finds.
 */
#include "reconcile/manifest/manifests.h"
#include "reconcile/model/key.h"
#include "tests/fuzz/fuzz.h"

static void finding_check(const struct finding *finding)
{
	g_autofree char *text = finding_format(finding, false);

	g_assert_cmpstr(finding->place.file, ==, "fuzz.yaml");
	g_assert_true(g_utf8_validate(text, -1, NULL));
}

static void fleet_check(const struct fleet *fleet)
{
	for (unsigned i = 1; i < fleet->deployments->len; i++) {
		const struct deployment *a = g_ptr_array_index(fleet->deployments, i - 1);
		const struct deployment *b = g_ptr_array_index(fleet->deployments, i);

		g_assert_cmpint(key_compare(a->name, b->name), <, 0);
	}
	for (unsigned i = 1; i < fleet->clouds->len; i++) {
		const struct cloud *a = g_ptr_array_index(fleet->clouds, i - 1);
		const struct cloud *b = g_ptr_array_index(fleet->clouds, i);

		g_assert_cmpint(key_compare(a->name, b->name), <, 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	g_autoptr(GBytes) file = g_bytes_new(bytes, len);
	g_autoptr(GPtrArray) findings = NULL;

	manifests_put(manifests, "fuzz.yaml", file);
	autoptr(fleet) fleet = manifests_fleet(manifests, &findings);
	g_autoptr(GPtrArray) changed = manifests_take_changed(manifests);
	g_assert_cmpint(changed->len, ==, fleet->clouds->len + fleet->deployments->len);
	fleet_check(fleet);
	for (unsigned i = 0; i < findings->len; i++)
		finding_check(g_ptr_array_index(findings, i));
	manifests_put(manifests, "fuzz.yaml", file);
	autoptr(fleet) again = manifests_fleet(manifests, NULL);
	g_autoptr(GPtrArray) nothing = manifests_take_changed(manifests);
	g_assert_cmpint(again->clouds->len, ==, fleet->clouds->len);
	g_assert_cmpint(again->deployments->len, ==, fleet->deployments->len);
	g_assert_cmpint(nothing->len, ==, 0);
	return 0;
}
