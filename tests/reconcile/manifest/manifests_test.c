/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Good manifests become the fleet that they say; between fleets changes only what was changed. */
#include "reconcile/manifest/manifests.h"

#include "reconcile/manifest/template.h"

#include <string.h>

static const char cloud_lab[] =
	"apiVersion: muster/v1\n"
	"kind: Cloud\n"
	"metadata: { name: lab }\n"
	"spec:\n"
	"  connector: openstack\n"
	"  settings: { project: demo, authUrl: \"http://127.0.0.1:5000/v3\" }\n"
	"  credentials:\n"
	"    username: { env: OS_USERNAME }\n"
	"    password: { file: /etc/muster/os-password }\n"
	"    token: { command: [pass, show, lab] }\n"
	"    key: { credential: os-key }\n"
	"  images:\n"
	"    debian-12: Debian 12\n"
	"    tiny: { kernel: /k, initrd: /i }\n"
	"  sizes:\n"
	"    small: m1.small\n"
	"    big: { cpus: 8, memory: 32GiB, disk: 100GB, price: 0.25 }\n"
	"  limits: { instances: 200, requestsPerSecond: 20, inFlight: 16 }\n";

static const char deployment_shop[] =
	"apiVersion: muster/v1\n"
	"kind: Deployment\n"
	"metadata: { name: shop, labels: { team: web, tier: none } }\n"
	"spec:\n"
	"  cloud: lab\n"
	"  components:\n"
	"    web:\n"
	"      count: 3\n"
	"      after: [db]\n"
	"      image: debian-12\n"
	"      size: small\n"
	"      sshKeys: [ops]\n"
	"      networks: [front, back]\n"
	"      labels: { tier: front, switch: no, mode: 0755, number: 1e3 }\n"
	"      firewall: [{ port: 80 }, { port: 22, from: 10.0.0.0/8 }]\n"
	"      userData: |\n"
	"        DB=${components.db.1.address}\n"
	"      ready: { http: \":80/healthz\", within: 3m }\n"
	"    db:\n"
	"      image: debian-12\n"
	"      size: { cpus: 2, memory: 4GiB, disk: 20GiB }\n"
	"      protect: true\n"
	"      ready: { tcp: 5432 }\n"
	"    cache:\n"
	"      members: [blue, \"10\", 9]\n"
	"      after: [web, db]\n"
	"      image: tiny\n"
	"      size: big\n"
	"      protect: false\n";

static void put(struct manifests *manifests, const char *file, const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

	manifests_put(manifests, file, bytes);
}

static struct manifests *shop_new(void)
{
	struct manifests *manifests = manifests_new(&manifests_limits_default);

	put(manifests, "lab.yaml", cloud_lab);
	put(manifests, "shop.yaml", deployment_shop);
	return manifests;
}

static struct fleet *fleet_good(struct manifests *manifests)
{
	g_autoptr(GPtrArray) findings = NULL;
	struct fleet *fleet = manifests_fleet(manifests, &findings);

	for (guint i = 0; i < findings->len; i++) {
		g_autofree char *text = finding_format(findings->pdata[i], false);
		g_test_message("%s", text);
	}
	g_assert_cmpuint(findings->len, ==, 0);
	return fleet;
}

static void test_cloud(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) fleet = fleet_good(manifests);
	const struct cloud *lab = fleet_find_cloud(fleet, "lab");
	const struct setting *setting = lab->settings->pdata[0];
	const struct credential *credential = lab->credentials->pdata[3];

	g_assert_cmpstr(lab->connector, ==, "openstack");
	g_assert_cmpuint(lab->connector_place.line, ==, 5);
	g_assert_cmpstr(setting->name, ==, "authUrl");
	g_assert_cmpstr(setting->value, ==, "http://127.0.0.1:5000/v3");
	g_assert_cmpstr(credential->name, ==, "username");
	g_assert_cmpint(credential->kind, ==, CREDENTIAL_ENV);
	credential = lab->credentials->pdata[2];
	g_assert_cmpint(credential->kind, ==, CREDENTIAL_COMMAND);
	g_assert_cmpstr(credential->words[2], ==, "lab");
	g_assert_cmpint(((struct credential *)lab->credentials->pdata[0])->kind, ==,
	                CREDENTIAL_SYSTEMD);
	g_assert_cmpstr(pairs_get(cloud_find_image(lab, "debian-12")->options, "name"), ==,
	                "Debian 12");
	g_assert_cmpstr(pairs_get(cloud_find_image(lab, "tiny")->options, "initrd"), ==, "/i");
	g_assert_cmpstr(cloud_find_size(lab, "small")->type, ==, "m1.small");
	g_assert_null(cloud_find_size(lab, "big")->type);
	g_assert_cmpint(cloud_find_size(lab, "big")->size.price_micros, ==, 250000);
	g_assert_cmpint(cloud_find_size(lab, "big")->size.disk_bytes, ==, INT64_C(100000000000));
	g_assert_cmpuint(lab->limits.in_flight, ==, 16);
}

static void test_component(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) fleet = fleet_good(manifests);
	const struct deployment *shop = fleet_find_deployment(fleet, "shop");
	const struct component *web = deployment_find_component(shop, "web");

	g_assert_cmpuint(shop->components->len, ==, 3);
	g_assert_cmpstr(web->cloud, ==, "lab");
	g_assert_cmpuint(web->cloud_place.line, ==, 5);
	g_assert_cmpuint(component_size(web), ==, 3);
	g_assert_cmpuint(web->count_place.line, ==, 8);
	g_assert_cmpuint(web->count_place.column, ==, 14);
	g_assert_cmpstr(web->after[0], ==, "db");
	g_assert_cmpuint(web->rank, ==, 1);
	g_assert_cmpstr(web->spec->image, ==, "debian-12");
	g_assert_cmpstr(web->spec->size.name, ==, "small");
	g_assert_cmpstr(web->spec->networks[1], ==, "back");
	g_assert_cmpuint(web->spec->openings_len, ==, 2);
	g_assert_cmpuint(web->spec->openings[1].port, ==, 22);
	g_assert_cmpstr(web->spec->openings[1].from, ==, "10.0.0.0/8");
	g_assert_cmpstr(template_names(web->spec->user_data)[0], ==, "components.db.1.address");
	g_assert_cmpint(web->spec->ready.kind, ==, READY_HTTP);
	g_assert_cmpuint(web->spec->ready.port, ==, 80);
	g_assert_cmpstr(web->spec->ready.path, ==, "/healthz");
	g_assert_cmpint(web->spec->ready.within_ms, ==, 180000);
	g_assert_cmpuint(web->spec->places[SPEC_USER_DATA].line, ==, 16);
	g_assert_cmpuint(web->spec->places[SPEC_FIREWALL].line, ==, 15);
	g_assert_false(web->is_protected || web->says_unprotected);
}

static void test_words_stay_texts(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) fleet = fleet_good(manifests);
	const struct component *web =
		deployment_find_component(fleet_find_deployment(fleet, "shop"), "web");

	g_assert_cmpstr(pairs_get(web->spec->labels, "switch"), ==, "no");
	g_assert_cmpstr(pairs_get(web->spec->labels, "mode"), ==, "0755");
	g_assert_cmpstr(pairs_get(web->spec->labels, "number"), ==, "1e3");
	g_assert_cmpstr(pairs_get(web->spec->labels, "team"), ==, "web");
	g_assert_cmpstr(pairs_get(web->spec->labels, "tier"), ==, "front");
}

static void test_members(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) fleet = fleet_good(manifests);
	const struct deployment *shop = fleet_find_deployment(fleet, "shop");
	const struct component *cache = deployment_find_component(shop, "cache");
	const struct component *db = deployment_find_component(shop, "db");
	static const char *const names[] = { "9", "10", "blue" };

	g_assert_cmpuint(component_size(cache), ==, 3);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *name = component_member_name(cache, i);
		g_assert_cmpstr(name, ==, names[i]);
	}
	g_assert_cmpuint(cache->rank, ==, 2);
	g_assert_true(cache->says_unprotected);
	g_assert_cmpuint(component_size(db), ==, 1);
	g_assert_true(db->is_protected);
	g_assert_cmpuint(db->rank, ==, 0);
	g_assert_cmpint(db->spec->ready.within_ms, ==, 300000);
	g_assert_cmpint(db->spec->size.memory_bytes, ==, INT64_C(4) << 30);
}

static void test_unchanged_documents_are_the_same(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) before = fleet_good(manifests);

	put(manifests, "lab.yaml", cloud_lab);
	put(manifests, "more.yaml",
	    "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: apart }\n"
	    "spec: { cloud: lab, components: { x: { image: tiny, size: big } } }\n");
	autoptr(fleet) after = fleet_good(manifests);

	g_assert_true(fleet_find_cloud(before, "lab") == fleet_find_cloud(after, "lab"));
	g_assert_true(fleet_find_deployment(before, "shop") ==
	              fleet_find_deployment(after, "shop"));
	g_assert_null(fleet_find_deployment(before, "apart"));
	g_assert_nonnull(fleet_find_deployment(after, "apart"));
}

static void test_a_removed_file_is_gone(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) before = fleet_good(manifests);
	g_autoptr(GPtrArray) first = manifests_take_changed(manifests);

	manifests_remove(manifests, "shop.yaml");
	autoptr(fleet) after = fleet_good(manifests);
	g_autoptr(GPtrArray) changed = manifests_take_changed(manifests);
	const struct document *document = changed->pdata[0];

	g_assert_cmpuint(first->len, ==, 2);
	g_assert_cmpuint(after->deployments->len, ==, 0);
	g_assert_cmpuint(changed->len, ==, 1);
	g_assert_cmpstr(document->kind, ==, "Deployment");
	g_assert_cmpstr(document->name, ==, "shop");
	g_assert_null(document->text);
}

static void test_absent(void)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);

	put(manifests, "a.yaml",
	    "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: old, state: absent }\n");
	autoptr(fleet) fleet = fleet_good(manifests);

	g_assert_true(fleet_find_deployment(fleet, "old")->is_absent);
	g_assert_cmpuint(fleet_find_deployment(fleet, "old")->components->len, ==, 0);
}

static const struct {
	const char *name;
	const char *text;
	guint deployments;
} forms[] = {
#define HEAD "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: "
#define GONE ", state: absent }\n"
	{ "empty", "", 0 },
	{ "comments", "# nothing\n\n# at all\n", 0 },
	{ "markers", "---\n---\n# x\n---\n", 0 },
	{ "two", HEAD "a" GONE "---\n" HEAD "b" GONE, 2 },
	{ "marker-first", "# one\n---\n" HEAD "a" GONE "--- # more\n" HEAD "b" GONE "...\n", 2 },
	{ "directive", "%YAML 1.2\n---\n" HEAD "a" GONE, 1 },
	{ "end-marker", HEAD "a" GONE "...\n# between\n" HEAD "b" GONE, 2 },
	{ "bom", "\xEF\xBB\xBF" HEAD "a" GONE, 1 },
	{ "crlf",
	  "apiVersion: muster/v1\r\nkind: Deployment\r\nmetadata:\r\n  name: a\r\n  state: absent\r\n",
	  1 },
	{ "no-newline", HEAD "a, state: absent }", 1 },
	{ "json",
	  "{\"apiVersion\": \"muster/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"a\", \"state\": \"absent\"}}",
	  1 },
	{ "anchors",
	  "apiVersion: &v muster/v1\nkind: Deployment\nmetadata: { name: &n a, state: absent, labels: { x: *n, y: *v } }\n",
	  1 },
	{ "marker-in-text", HEAD "a, state: absent, labels: { x: \"--- y\" } }\n", 1 },
#undef HEAD
#undef GONE
};

static void test_forms_of_files(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		autoptr(manifests) manifests = manifests_new(&manifests_limits_default);

		g_test_message("%s", forms[i].name);
		put(manifests, "a.yaml", forms[i].text);
		autoptr(fleet) fleet = fleet_good(manifests);
		g_assert_cmpuint(fleet->deployments->len, ==, forms[i].deployments);
	}
}

static const struct deployment *shop_stale(struct fleet *fleet, const char *why)
{
	const struct deployment *shop = fleet_find_deployment(fleet, "shop");

	g_assert_nonnull(shop);
	g_assert_true(shop->is_stale);
	g_assert_nonnull(strstr(shop->why_stale, why));
	g_assert_cmpuint(shop->components->len, ==, 3);
	return shop;
}

/* Ways in which the document of shop can go bad, with what is then said of it. */
static const struct {
	const char *name;
	const char *text;
	const char *why;
} ruins[] = {
	{ "syntax", "apiVersion: muster/v1\nkind: [", "a value is missing" },
	{ "key", "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: shop }\nspce: {}\n",
	  "unknown key \"spce\"" },
	{ "name", "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: Shop }\n",
	  "\"Shop\"" },
	{ "bytes", "\xFF", "not UTF-8" },
	{ "cloud",
	  "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: shop }\n"
	  "spec: { cloud: none, components: { x: { image: tiny, size: big } } }\n",
	  "no cloud is called \"none\"" },
};

static void test_a_bad_document_leaves_its_last_good_version(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ruins); i++) {
		autoptr(manifests) manifests = shop_new();
		autoptr(fleet) before = fleet_good(manifests);

		g_test_message("%s", ruins[i].name);
		put(manifests, "shop.yaml", ruins[i].text);
		autoptr(fleet) bad = manifests_fleet(manifests, NULL);
		autoptr(fleet) again = manifests_fleet(manifests, NULL);
		g_assert_true(shop_stale(bad, ruins[i].why) == shop_stale(again, ruins[i].why));
		put(manifests, "shop.yaml", deployment_shop);
		autoptr(fleet) mended = fleet_good(manifests);
		g_assert_false(fleet_find_deployment(mended, "shop")->is_stale);
	}
}

static void test_a_bad_document_hurts_only_itself(void)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	g_autoptr(GPtrArray) findings = NULL;

	put(manifests, "a.yaml",
	    "a: [\n---\napiVersion: muster/v1\nkind: Deployment\n"
	    "metadata: { name: old, state: absent }\n---\n}\n");
	autoptr(fleet) fleet = manifests_fleet(manifests, &findings);

	g_assert_cmpuint(findings->len, ==, 2);
	g_assert_nonnull(fleet_find_deployment(fleet, "old"));
}

static void test_a_lost_cloud_leaves_the_deployment(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) before = fleet_good(manifests);

	manifests_remove(manifests, "lab.yaml");
	autoptr(fleet) after = manifests_fleet(manifests, NULL);
	g_assert_cmpuint(after->clouds->len, ==, 0);
	shop_stale(after, "no cloud is called \"lab\"");
	put(manifests, "lab.yaml", cloud_lab);
	autoptr(fleet) back = fleet_good(manifests);
	g_assert_true(fleet_find_deployment(back, "shop") == fleet_find_deployment(before, "shop"));
}

static bool is_needed(const char *cloud, void *data)
{
	return g_str_equal(cloud, data);
}

/* Its last settings stay for as long as somebody needs them; a deployment may not name it. */
static void test_a_gone_cloud_that_is_needed_stays(void)
{
	char needed[] = "lab";
	autoptr(manifests) manifests = shop_new();

	manifests_keep_clouds(manifests, is_needed, needed);
	autoptr(fleet) before = fleet_good(manifests);
	g_ptr_array_unref(manifests_take_changed(manifests));
	manifests_remove(manifests, "lab.yaml");
	autoptr(fleet) gone = manifests_fleet(manifests, NULL);
	g_assert_true(fleet_find_cloud(gone, "lab")->is_gone);
	g_assert_cmpstr(fleet_find_cloud(gone, "lab")->connector, ==, "openstack");
	shop_stale(gone, "no cloud is called \"lab\"");
	g_autoptr(GPtrArray) kept = manifests_take_changed(manifests);
	g_assert_cmpuint(kept->len, ==, 0);
	autoptr(fleet) again = manifests_fleet(manifests, NULL);
	g_assert_true(fleet_find_cloud(again, "lab") == fleet_find_cloud(gone, "lab"));

	needed[0] = '\0';
	autoptr(fleet) spent = manifests_fleet(manifests, NULL);
	g_assert_null(fleet_find_cloud(spent, "lab"));
	g_autoptr(GPtrArray) dropped = manifests_take_changed(manifests);
	g_assert_cmpuint(dropped->len, ==, 1);
	g_assert_null(((struct document *)dropped->pdata[0])->text);
}

static void test_two_of_one_name_leave_the_last_good_one(void)
{
	autoptr(manifests) manifests = shop_new();
	autoptr(fleet) before = fleet_good(manifests);

	put(manifests, "copy.yaml", deployment_shop);
	autoptr(fleet) twice = manifests_fleet(manifests, NULL);
	shop_stale(twice, "is here twice");
	manifests_remove(manifests, "shop.yaml");
	autoptr(fleet) moved = fleet_good(manifests);
	g_assert_cmpstr(fleet_find_deployment(moved, "shop")->place.file, ==, "copy.yaml");
}

static void test_what_cannot_be_read_stays(void)
{
	static const char *const names[] = { "deploy/a/shop.yaml", "deploy/a", "deploy", "." };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		autoptr(manifests) manifests = manifests_new(&manifests_limits_default);

		put(manifests, "lab.yaml", cloud_lab);
		put(manifests, "deploy/a/shop.yaml", deployment_shop);
		autoptr(fleet) before = fleet_good(manifests);
		g_assert_true(before->is_complete);
		manifests_remove(manifests, "deploy/a/shop.yaml");
		manifests_put_unreadable(manifests, names[i], "permission denied");
		autoptr(fleet) after = manifests_fleet(manifests, NULL);
		g_assert_false(after->is_complete);
		shop_stale(after, "cannot be read: permission denied");
	}
}

static void test_restored_documents(void)
{
	struct document shop = { (char *)"Deployment", (char *)"shop", (char *)"shop.yaml", 1,
		                 (char *)deployment_shop };
	struct document gone = { (char *)"Deployment", (char *)"gone", (char *)"gone.yaml", 1,
		                 (char *)deployment_shop };
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);

	manifests_restore(manifests, &shop);
	manifests_restore(manifests, &gone);
	put(manifests, "lab.yaml", cloud_lab);
	put(manifests, "shop.yaml", "nonsense: [");
	autoptr(fleet) fleet = manifests_fleet(manifests, NULL);
	shop_stale(fleet, "a value is missing");
	g_assert_null(fleet_find_deployment(fleet, "gone"));

	g_autoptr(GPtrArray) changed = manifests_take_changed(manifests);
	g_assert_cmpuint(changed->len, ==, 2);
	g_assert_cmpstr(((struct document *)changed->pdata[0])->name, ==, "lab");
	g_assert_cmpstr(((struct document *)changed->pdata[0])->text, ==, cloud_lab);
	g_assert_cmpstr(((struct document *)changed->pdata[1])->name, ==, "gone");
	g_assert_null(((struct document *)changed->pdata[1])->text);
	g_autoptr(GPtrArray) again = manifests_take_changed(manifests);
	g_assert_cmpuint(again->len, ==, 0);
}

/* A document that only moved keeps what it says; its places are new. */
static void test_only_what_changed_is_decoded(void)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	g_autofree char *both = g_strconcat(cloud_lab, "---\n", deployment_shop, NULL);
	g_autofree char *more = g_strconcat(both, "# the end\n", NULL);
	g_autofree char *moved = g_strconcat("# the start\n", more, NULL);

	put(manifests, "a.yaml", both);
	autoptr(fleet) first = fleet_good(manifests);
	put(manifests, "a.yaml", more);
	autoptr(fleet) second = fleet_good(manifests);
	put(manifests, "a.yaml", moved);
	autoptr(fleet) third = fleet_good(manifests);

	g_assert_true(first->clouds->pdata[0] == second->clouds->pdata[0]);
	g_assert_true(first->deployments->pdata[0] != second->deployments->pdata[0]);
	g_assert_cmpuint(fleet_find_cloud(third, "lab")->connector_place.line, ==, 6);
}

/* An unchanged document in another line is another: people are sent to its place. */
static void test_a_document_that_moved_up(void)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);
	static const char second[] = "---\napiVersion: muster/v1\nkind: Deployment\n"
				     "metadata: { name: b, state: absent }\n";
	g_autofree char *both = g_strconcat("---\n# nothing\n# here\n", second, NULL);

	put(manifests, "a.yaml", both);
	autoptr(fleet) before = fleet_good(manifests);
	g_autoptr(GPtrArray) first = manifests_take_changed(manifests);
	put(manifests, "a.yaml", second);
	autoptr(fleet) after = fleet_good(manifests);
	g_autoptr(GPtrArray) changed = manifests_take_changed(manifests);

	g_assert_cmpuint(fleet_find_deployment(before, "b")->place.line, ==, 5);
	g_assert_cmpuint(fleet_find_deployment(after, "b")->place.line, ==, 2);
	g_assert_cmpuint(first->len, ==, 1);
	g_assert_cmpuint(changed->len, ==, 1);
	g_assert_cmpuint(((struct document *)first->pdata[0])->line, ==, 4);
	g_assert_cmpuint(((struct document *)changed->pdata[0])->line, ==, 1);
}

/* A hundred thousand members cost nothing until they are named. */
static void test_many_members(void)
{
	autoptr(manifests) manifests = manifests_new(&manifests_limits_default);

	put(manifests, "a.yaml",
	    "apiVersion: muster/v1\nkind: Cloud\nmetadata: { name: c }\nspec: { connector: sim }\n---\n"
	    "apiVersion: muster/v1\nkind: Deployment\nmetadata: { name: d }\n"
	    "spec: { cloud: c, components: { x: { count: 100000, image: any, size: any } } }\n");
	autoptr(fleet) fleet = fleet_good(manifests);
	const struct component *x =
		deployment_find_component(fleet_find_deployment(fleet, "d"), "x");
	g_autofree char *last = component_member_name(x, 99999);

	g_assert_cmpuint(component_size(x), ==, 100000);
	g_assert_cmpstr(last, ==, "100000");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/manifests/cloud", test_cloud);
	g_test_add_func("/manifests/component", test_component);
	g_test_add_func("/manifests/words-stay-texts", test_words_stay_texts);
	g_test_add_func("/manifests/members", test_members);
	g_test_add_func("/manifests/unchanged-documents-are-the-same",
	                test_unchanged_documents_are_the_same);
	g_test_add_func("/manifests/a-removed-file-is-gone", test_a_removed_file_is_gone);
	g_test_add_func("/manifests/absent", test_absent);
	g_test_add_func("/manifests/forms-of-files", test_forms_of_files);
	g_test_add_func("/manifests/a-bad-document-leaves-its-last-good-version",
	                test_a_bad_document_leaves_its_last_good_version);
	g_test_add_func("/manifests/a-bad-document-hurts-only-itself",
	                test_a_bad_document_hurts_only_itself);
	g_test_add_func("/manifests/a-lost-cloud-leaves-the-deployment",
	                test_a_lost_cloud_leaves_the_deployment);
	g_test_add_func("/manifests/a-gone-cloud-that-is-needed-stays",
	                test_a_gone_cloud_that_is_needed_stays);
	g_test_add_func("/manifests/two-of-one-name-leave-the-last-good-one",
	                test_two_of_one_name_leave_the_last_good_one);
	g_test_add_func("/manifests/what-cannot-be-read-stays", test_what_cannot_be_read_stays);
	g_test_add_func("/manifests/restored-documents", test_restored_documents);
	g_test_add_func("/manifests/only-what-changed-is-decoded",
	                test_only_what_changed_is_decoded);
	g_test_add_func("/manifests/a-document-that-moved-up", test_a_document_that_moved_up);
	g_test_add_func("/manifests/many-members", test_many_members);
	return g_test_run();
}
