/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking things up in a fleet, and sharing it. */
#include "reconcile/model/fleet.h"

static const char *const names[] = { "2", "10", "a", "a-b", "b" };

static struct fleet *fleet_of_names(void)
{
	struct fleet *fleet = fleet_new();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		struct deployment *d = deployment_new(names[i]);

		for (size_t j = 0; j < i; j++)
			g_ptr_array_add(d->components, component_new(names[j]));
		g_ptr_array_add(fleet->clouds, cloud_new(names[i]));
		g_ptr_array_add(fleet->deployments, d);
	}
	return fleet;
}

static void test_find(void)
{
	autoptr(fleet) fleet = fleet_of_names();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const struct deployment *d = fleet_find_deployment(fleet, names[i]);

		g_assert_cmpstr(d->name, ==, names[i]);
		g_assert_cmpstr(fleet_find_cloud(fleet, names[i])->name, ==, names[i]);
		for (size_t j = 0; j < G_N_ELEMENTS(names); j++) {
			const struct component *found = deployment_find_component(d, names[j]);
			g_assert_cmpstr(found == NULL ? NULL : found->name, ==,
			                j < i ? names[j] : NULL);
		}
	}
	g_assert_null(fleet_find_cloud(fleet, "c"));
	g_assert_null(fleet_find_deployment(fleet, ""));
}

static void test_sharing(void)
{
	struct fleet *first = fleet_of_names();
	autoptr(fleet) second = fleet_new();
	struct deployment *a = deployment_ref(first->deployments->pdata[2]);

	g_ptr_array_add(second->deployments, a);
	fleet_unref(first);
	g_assert_cmpstr(fleet_find_deployment(second, "a")->name, ==, "a");
	g_assert_true(second->is_complete);
	fleet_unref(NULL);
	cloud_unref(NULL);
	deployment_unref(NULL);
	component_free(NULL);
}

static void test_members(void)
{
	autoptr(component) component = component_new("x");

	component->count = 3;
	g_autofree char *last = component_member_name(component, 2);
	g_assert_cmpuint(component_size(component), ==, 3);
	g_assert_cmpstr(last, ==, "3");
	component->names = g_strsplit("blue,green", ",", 0);
	g_autofree char *named = component_member_name(component, 1);
	g_assert_cmpuint(component_size(component), ==, 2);
	g_assert_cmpstr(named, ==, "green");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet/find", test_find);
	g_test_add_func("/fleet/sharing", test_sharing);
	g_test_add_func("/fleet/members", test_members);
	return g_test_run();
}
