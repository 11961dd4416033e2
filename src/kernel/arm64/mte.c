/* SPDX-License-Identifier: MIT */
/*
 * Memory tagging of a VM: KVM_CAP_ARM_MTE, which memory may be behind a slot, and
 * KVM_ARM_MTE_COPY_TAGS. Source: Linux 6.12, arch/arm64/kvm/{arm,guest,mmu}.c.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/refuse.h"
#include "kernel/arm64/host-file.h"
#include "kernel/arm64/tags.h"
#include "kernel/memslot.h"
#include "kernel/proc-maps.h"

#define CLIDR_LOC(clidr) FIELD(clidr, 26, 24)
/* Ttype<n>: tags and data are unified there. */
#define CLIDR_TTYPE_UNIFIED(level) (UINT64_C(2) << (2 * ((level)-1) + 33))

/* ---- the VM -------------------------------------------------------------- */

static int page_with_tags(struct cpu *cpu, gpa_t gpa, bool write,
			  struct cpu_page *page)
{
	struct vcpu *vcpu = cpu->opaque;
	int err = memslot_page(vcpu, gpa, write, &page->host, &page->writable);

	if (!err)
		page->tags = tag_store_page(vm_arm64(vcpu->vm)->tags,
					    page->host, write);
	return err;
}

long mte_enable(struct vm *vm, const struct kvm_enable_cap *cap)
{
	struct vm_arm64 *a = vm_arm64(vm);
	long ret = 0;

	pthread_mutex_lock(&vm->lock);
	if (!host_has_mte())
		ret = refuse(EINVAL, FKVM_MTE, "the host has no MTE");
	else if (vm_vcpu_count(vm))
		ret = refuse(EINVAL, FKVM_MTE, "the VM has vCPUs");
	else if (!a->tags && !(a->tags = tag_store_new()))
		ret = refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for tags");
	else
		a->env.page = page_with_tags;
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

void mte_vm_free(struct vm_arm64 *vm)
{
	tag_store_free(vm->tags);
}

void mte_vcpu_init(struct vcpu *vcpu)
{
	struct cpu *cpu = cpu_of(vcpu);
	uint64_t clidr = cpu_sysreg_get(cpu, ENC_CLIDR);

	if (!vm_arm64(vcpu->vm)->tags)
		return;
	cpu_set_mte(cpu, true);
	cpu_sysreg_set(cpu, ENC_CLIDR,
		       clidr | CLIDR_TTYPE_UNIFIED(CLIDR_LOC(clidr)));
}

void arm64_host_changed(struct vm *vm, uintptr_t start, uintptr_t end)
{
	struct tag_store *tags = vm_arm64(vm)->tags;

	if (unlikely(tags))
		tag_store_recheck(tags, start, end);
}

/* ---- slots --------------------------------------------------------------- */

/* Is @dev one of a mounted tmpfs? */
static bool dev_is_tmpfs(dev_t dev)
{
	char *text = proc_text("/proc/self/mountinfo");
	bool found = false;

	for (const char *l = text; l && !found; l = proc_next_line(l)) {
		const char *end = strchrnul(l, '\n'), *type;
		unsigned int major, minor;

		type = strstr(l, " - tmpfs ");
		found = sscanf(l, "%*u %*u %u:%u", &major, &minor) == 2 &&
			makedev(major, minor) == dev && type && type < end;
	}
	free(text);
	return found;
}

/* What shared anonymous memory, System V's and memfds are files of. */
static dev_t shared_memory_dev(void)
{
	int fd = host_raw(SYS_memfd_create, "fauxkvm", MFD_CLOEXEC);
	struct stat st = {0};

	if (fd >= 0) {
		if (host_raw(SYS_fstat, fd, &st))
			st.st_dev = 0;
		host_close(fd);
	}
	return st.st_dev;
}

/* Linux's VM_MTE_ALLOWED: anonymous memory, and that of tmpfs's files. */
static bool map_is_allowed(const struct proc_map *map)
{
	if (!map->inode)
		return strncmp(map->name, "[v", 2) != 0; /* [vdso], [vvar] */
	return map->dev == shared_memory_dev() || dev_is_tmpfs(map->dev);
}

/* The first address in [start, end) whose mapping has no tags; @end: none. */
static uintptr_t first_without(const char *maps, uintptr_t start, uintptr_t end)
{
	struct proc_map map;

	for (const char *l = maps; l; l = proc_next_line(l)) {
		if (!proc_map_read(l, &map))
			continue;
		if (map.start >= end)
			break;
		if (map.end > start && !map_is_allowed(&map))
			return map.start > start ? map.start : start;
	}
	return end;
}

long arm64_slot_check(struct vm *vm,
		      const struct kvm_userspace_memory_region2 *r)
{
	uintptr_t start = r->userspace_addr, end = start + r->memory_size, bad;
	char *maps;

	if (likely(!vm_arm64(vm)->tags))
		return 0;
	maps = proc_text("/proc/self/maps");
	bad = maps ? first_without(maps, start, end) : end;
	free(maps);
	if (bad == end)
		return 0;
	return refuse(EINVAL, FKVM_SLOT_MTE,
		      "the VM has MTE, and the memory at %#lx is neither "
		      "anonymous nor a file of tmpfs",
		      bad);
}

/* ---- KVM_ARM_MTE_COPY_TAGS ----------------------------------------------- */

static long copy_check(struct vm *vm, const struct kvm_arm_copy_mte_tags *c)
{
	if (!vm_arm64(vm)->tags)
		return refuse(EINVAL, FKVM_MTE, "the VM has no MTE");
	if (c->reserved[0] || c->reserved[1])
		return refuse(EINVAL, FKVM_MTE_ARGS, "reserved is not 0");
	if (c->flags & ~(uint64_t)KVM_ARM_TAGS_FROM_GUEST)
		return refuse(EINVAL, FKVM_MTE_ARGS,
			      "flags %#lx has unknown bits",
			      (uint64_t)c->flags);
	if (!IS_ALIGNED(c->length, GUEST_PAGE_SIZE) ||
	    !IS_ALIGNED(c->guest_ipa, GUEST_PAGE_SIZE))
		return refuse(EINVAL, FKVM_MTE_ARGS,
			      "%#lx+%#lx is not page aligned",
			      (uint64_t)c->guest_ipa, (uint64_t)c->length);
	if (c->length > INT_MAX)
		return refuse(EINVAL, FKVM_MTE_ARGS,
			      "length %#lx is above INT_MAX",
			      (uint64_t)c->length);
	return 0;
}

/* Make the host provide the page, as for an access. */
static bool page_touch(uint8_t *host, bool write)
{
	struct fault_guard guard;

	if (fault_guard_enter(&guard))
		return false;
	if (write)
		__atomic_fetch_or(host, 0, __ATOMIC_RELAXED);
	else
		(void)*(const volatile uint8_t *)host;
	fault_guard_leave(&guard);
	return true;
}

/* The tags of the guest's page; slots_lock held. */
static long page_tags(struct vm *vm, gpa_t gpa, bool write, uint8_t **tags)
{
	const struct memslot *s = memslot_find(atomic_load(&vm->slots), gpa);
	uint8_t *host = s ? s->host + (gpa - s->gpa) : NULL;

	if (!s || (write && (s->flags & KVM_MEM_READONLY)) ||
	    !page_touch(host, write))
		return refuse(EFAULT, FKVM_GUEST_ADDRESS,
			      "guest address %#lx is in no %sslot with memory",
			      gpa, write ? "writable " : "");
	*tags = tag_store_page(vm_arm64(vm)->tags, host, write);
	return *tags ? 0 : refuse(EFAULT, FKVM_NO_MEMORY, "no memory for tags");
}

static long copy_page(struct vm *vm, gpa_t gpa, uint8_t *user, bool write)
{
	uint8_t *tags = NULL;
	uint8_t buf[TAGS_PER_PAGE];
	long ret = page_tags(vm, gpa, write, &tags);

	if (ret)
		return ret;
	if (!write)
		return copy_to_user(user, tags, TAGS_PER_PAGE);
	ret = copy_from_user(buf, user, TAGS_PER_PAGE);
	for (unsigned int k = 0; k < TAGS_PER_PAGE; k++)
		__atomic_store_n(&tags[k], ret ? 0 : buf[k] & 15,
				 __ATOMIC_RELAXED);
	return ret;
}

/* What was copied counts, if it was anything. */
long vm_ioctl_mte_copy_tags(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_arm_copy_mte_tags *c = arg;
	bool write = !(c->flags & KVM_ARM_TAGS_FROM_GUEST);
	struct vm *vm = vm_of(obj);
	long ret = copy_check(vm, c);
	uint64_t done = 0;

	if (ret)
		return ret;
	pthread_mutex_lock(&vm->slots_lock);
	if (write && atomic_load(&vm->memory.nr_dirty_logs))
		ret = refuse(EBUSY, FKVM_MTE_LOGS,
			     "a slot logs dirty pages, which tags don't");
	for (; !ret && done < c->length; done += GUEST_PAGE_SIZE) {
		ret = copy_page(vm, c->guest_ipa + done,
				(uint8_t *)c->addr + done / TAG_GRANULE, write);
		if (ret)
			break;
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return done ? (long)done : ret;
}
