/* SPDX-License-Identifier: MIT */
/*
 * Which file a bare command name is, see find.h.
 */
#include "tool/find.h"

#include <limits.h>
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

struct wanted {
	const char *name;
	char *buf;
	size_t size;
};

static bool has_command(const char *dir, void *arg)
{
	struct wanted *w = arg;

	return files_in_sysroot(dir, w->name, w->buf, w->size);
}

bool find_command(const char *sysroot, const char *name, char *buf, size_t size)
{
	struct wanted w = {.name = name, .buf = buf, .size = size};
	char dir[PATH_MAX];

	if (sysroot && files_in_sysroot(sysroot, name, buf, size))
		return true;
	if (files_in_path(name, buf, size) && !is_hosts_vmm(name, buf))
		return true;
	return files_cached(has_command, &w, dir, sizeof(dir));
}
