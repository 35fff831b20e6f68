/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest on a bridge gets its address from somebody else. The host's ARP table tells it once they
 * have exchanged a packet, which a DHCP server or a router on this host has.
 */
#include "connectors/qemu/neighbour.h"

#include "connectors/qemu/command.h"

#include <string.h>

#define TABLE "/proc/net/arp"
#define COLUMN_FLAGS 2
#define COLUMN_MAC 3
#define FLAG_INCOMPLETE "0x0"

char *neighbour_table(void)
{
	char *text = NULL;
	return g_file_get_contents(TABLE, &text, NULL, NULL) ? text : g_strdup("");
}

/* "192.168.7.2  0x1  0x2  52:54:00:12:34:56  *  br0" */
char *neighbour_find(const char *table, const struct vm *vm, unsigned index)
{
	g_autofree char *mac = command_mac(vm, index + vm->has_user_net);
	g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
	for (char **line = lines; *line; line++) {
		if (!strstr(*line, mac))
			continue;
		g_auto(GStrv) columns = g_regex_split_simple(" +", *line, 0, 0);
		if (g_strv_length(columns) > COLUMN_MAC && g_str_equal(columns[COLUMN_MAC], mac) &&
		    !g_str_equal(columns[COLUMN_FLAGS], FLAG_INCOMPLETE))
			return g_strdup(columns[0]);
	}
	return NULL;
}
