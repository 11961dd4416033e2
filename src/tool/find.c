/* SPDX-License-Identifier: MIT */
/*
 * Which file a bare command name is, see find.h.
 */
#include "tool/find.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/host.h"
#include "base/types.h"
#include "tool/elf.h"
#include "tool/files.h"

/* VMMs that are built for the KVM of one machine, by the same name for each, and
 * the Debian package that has them. */
static const struct {
	const char *name, *package;
} vmms[] = {
	{"qemu-system-aarch64", "qemu-system-arm"},
	{"qemu-system-arm", "qemu-system-arm"},
	{"qemu-system-ppc", "--arch ppc64el qemu-system-ppc"},
	{"qemu-system-ppc64", "--arch ppc64el qemu-system-ppc"},
	{"lkvm", "kvmtool"},
};

const char *find_package(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(vmms); i++)
		if (HOST_HAS_BRIDGE && !strcmp(vmms[i].name, name))
			return vmms[i].package;
	return NULL;
}

/* Does it know only the KVM that this machine has? */
static bool is_hosts_vmm(const char *name, const char *path)
{
	struct program p;

	return find_package(name) && program_read(path, &p) == 0 &&
	       p.kind == PROGRAM_ELF && p.machine == HOST_ELF_MACHINE;
}

/* First the one without a suite or a machine in its name. */
static bool find_in_sysroots(const char *name, char *buf, size_t size)
{
	char cache[PATH_MAX], pattern[2 * PATH_MAX];
	bool found = false;
	glob_t g;

	if (!files_cache(cache, sizeof(cache)))
		return false;
	snprintf(pattern, sizeof(pattern), "%s/sysroot", cache);
	if (files_in_sysroot(pattern, name, buf, size))
		return true;
	snprintf(pattern, sizeof(pattern), "%s/sysroot-*", cache);
	if (glob(pattern, 0, NULL, &g))
		return false;
	for (size_t i = 0; i < g.gl_pathc && !found; i++)
		found = !files_is_unfinished(g.gl_pathv[i]) &&
			files_in_sysroot(g.gl_pathv[i], name, buf, size);
	globfree(&g);
	return found;
}

bool find_command(const char *sysroot, const char *name, char *buf, size_t size)
{
	if (sysroot && files_in_sysroot(sysroot, name, buf, size))
		return true;
	if (files_in_path(name, buf, size) && !is_hosts_vmm(name, buf))
		return true;
	return find_in_sysroots(name, buf, size);
}
