/* SPDX-License-Identifier: MIT */
/*
 * Mending QEMU's user mode where it fails a VMM, see bridge-qemu.h.
 *
 * Threads of a forked child. QEMU keeps a table of its CPUs by index for its
 * plugins, and asserts that a new CPU's index is not in it. fork() takes the
 * CPUs of the parent's other threads out of QEMU's list of CPUs, which a new
 * index is chosen by, but not out of that table: the first thread a child of a
 * VMM with threads makes (qemu-system-aarch64 -daemonize) ended in abort().
 */
#include "shim/bridge-qemu.h"

#include <dlfcn.h>
#include <stddef.h>

#include "base/log.h"
#include "shim/got-hook.h"

/* GLib's, which QEMU is linked with. */
typedef int glib_bool;
static void *(*table_lookup)(void *table, const void *key);
static glib_bool (*table_insert)(void *table, void *key, void *value);
static glib_bool (*table_remove)(void *table, const void *key);

/*
 * QEMU's plugin table is the one whose values are their own keys. An index
 * that is still there is a CPU's that is gone: the index is that of no live
 * one, or QEMU had not given it away.
 */
static glib_bool qemu_table_insert(void *table, void *key, void *value)
{
	if (key == value) {
		const void *old = table_lookup(table, key);

		if (old && old != key)
			table_remove(table, key);
	}
	return table_insert(table, key, value);
}

void bridge_qemu_init(void)
{
	table_lookup = dlsym(RTLD_DEFAULT, "g_hash_table_lookup");
	table_insert = dlsym(RTLD_DEFAULT, "g_hash_table_insert");
	table_remove = dlsym(RTLD_DEFAULT, "g_hash_table_remove");
	if (!table_lookup || !table_insert || !table_remove ||
	    got_hook("g_hash_table_insert", (void *)qemu_table_insert) <= 0)
		log_warn("this QEMU's forked children can have no threads");
}
