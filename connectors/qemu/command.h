/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command - the command lines of QEMU and qemu-img for a VM. Pure: the same VM, the same lines. */
#pragma once

#include "connectors/qemu/settings.h"
#include "connectors/qemu/vm.h"

#include <glib.h>

/* Guests of this size and below are made as small as QEMU can be: no room to grow, no extras. */
#define COMMAND_SMALL_BYTES ((int64_t)64 << 20)
/* Linux plugs memory in blocks of this. */
#define COMMAND_BLOCK_BYTES ((int64_t)128 << 20)
#define COMMAND_OVERLAY "overlay.qcow2"
#define COMMAND_SEED "seed"

/* How far @size may grow while it runs, by the settings; a zero in it: not at all. */
struct vm_size command_headroom(const struct settings *settings, const struct vm_size *size);
/* The emulator's words, ended by NULL, for a VM in @directory (absolute), to be started there. */
GPtrArray *command_run(const struct settings *settings, const struct vm *vm, const char *directory);
/* The hardware address of its network card number @card, counted from 0; freed by the caller. */
char *command_mac(const struct vm *vm, unsigned card);
/* qemu-img's words that make the VM's disk, in its directory. */
GPtrArray *command_disk(const struct settings *settings, const struct vm *vm);
/* qemu-img's words that grow a stopped VM's disk to @bytes. */
GPtrArray *command_grow(const struct settings *settings, int64_t bytes);
