/* SPDX-License-Identifier: MIT */
/*
 * Stolen time (Arm DEN 0057, and Linux Documentation/virt/kvm/arm/pvtime.rst):
 * how long the host let the vCPU's thread wait for a CPU, in a structure that
 * the VMM gives room to in guest memory and the guest asks for by a call. The
 * host's number is the thread's run delay, from /proc; where the host kernel
 * does not count it the feature is absent, as it is then in Linux.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/refuse.h"
#include "kernel/memslot.h"

/* The structure: revision and attributes, both 0, then the time in ns. */
struct stolen {
	uint32_t revision, attributes;
	uint64_t ns;
	uint8_t reserved[48];
};
_Static_assert(sizeof(struct stolen) == 64, "DEN 0057 table 3");

/*
 * How old the guest's number may be. Whether there is more to read is asked by
 * a system call, which costs as much as a short KVM_RUN: not at each entry.
 */
#define UPDATE_NS 50000

/* This thread's run delay in ns; false: the host does not count it. */
static bool run_delay(uint64_t *ns)
{
	char buf[64], *end;
	int saved = errno;
	int fd = host_open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC,
			   0);
	ssize_t n = -1;

	if (fd >= 0) {
		n = host_read(fd, buf, sizeof(buf) - 1);
		host_close(fd);
	}
	errno = saved;
	if (n <= 0)
		return false;
	buf[n] = 0;
	strtoull(buf, &end, 10); /* time on a CPU */
	*ns = strtoull(end, NULL, 10);
	return end != buf && *end == ' ';
}

/*
 * This thread has been off its CPU since the last call, and what stands in
 * /proc may be more; to read that costs some microseconds.
 */
static bool was_off_cpu(struct vcpu_arm64 *a)
{
	struct rusage u;
	long switches;

	if (getrusage(RUSAGE_THREAD, &u))
		return true;
	switches = u.ru_nvcsw + u.ru_nivcsw;
	if (switches == a->steal_switches && a->vcpu.last_tid == a->steal_tid)
		return false;
	a->steal_switches = switches;
	a->steal_tid = a->vcpu.last_tid;
	return true;
}

bool steal_supported(const struct vm *vm)
{
	uint64_t ns;

	return (vm && vm->turns) || run_delay(&ns);
}

void steal_vcpu_init(struct vcpu *vcpu)
{
	vcpu_arm64(vcpu)->steal_base = STEAL_NONE;
}

static bool slot_writable(struct vm *vm, gpa_t gpa)
{
	const struct memslot *s;

	pthread_rwlock_rdlock(&vm->slots_gate);
	s = memslot_find(atomic_load(&vm->slots), gpa);
	pthread_rwlock_unlock(&vm->slots_gate);
	return s && !(s->flags & KVM_MEM_READONLY);
}

int steal_attr_has(void *owner, const struct device_attr *attr)
{
	const struct vcpu *vcpu = owner;

	if (steal_supported(vcpu->vm))
		return 0;
	return refuse(ENXIO, FKVM_STEAL_HOST,
		      "the host does not count stolen time");
}

int steal_attr_get(void *owner, const struct device_attr *attr)
{
	const struct vcpu_arm64 *a = vcpu_arm64(owner);
	int ret = steal_attr_has(owner, attr);

	if (ret)
		return ret;
	return copy_to_user(attr->addr, &a->steal_base, sizeof(a->steal_base));
}

int steal_attr_set(void *owner, const struct device_attr *attr)
{
	struct vcpu_arm64 *a = vcpu_arm64(owner);
	uint64_t gpa;
	int ret = steal_attr_has(owner, attr);

	if (ret)
		return ret;
	if (copy_from_user(&gpa, attr->addr, sizeof(gpa)))
		return -EFAULT;
	if (!IS_ALIGNED(gpa, sizeof(struct stolen)))
		return refuse(EINVAL, FKVM_STEAL_ALIGN,
			      "%#lx is not 64-byte aligned", gpa);
	if (a->steal_base != STEAL_NONE)
		return refuse(EEXIST, FKVM_STEAL_SET,
			      "the address is set already");
	if (!slot_writable(a->vcpu.vm, gpa))
		return refuse(EINVAL, FKVM_STEAL_MEMORY,
			      "%#lx is in no writable slot", gpa);
	a->steal_base = gpa;
	return 0;
}

/* PV_TIME_ST: counting begins when the guest asks where. */
int64_t steal_start(struct vcpu *vcpu)
{
	static const struct stolen zero;
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	if (a->steal_base == STEAL_NONE)
		return -1;
	if (!vcpu->vm->turns)
		run_delay(&a->steal_last);
	vm_mem_write(vcpu->vm, a->steal_base, &zero, sizeof(zero));
	return a->steal_base;
}

/* Other vCPUs read it at any time: one access of 64 bits. slots_gate held. */
static void stolen_add(uint8_t *host, uint64_t ns)
{
	_Atomic uint64_t *p =
		(_Atomic uint64_t *)(host + offsetof(struct stolen, ns));
	struct fault_guard g;

	if (!fault_guard_enter(&g)) {
		atomic_fetch_add(p, ns);
		fault_guard_leave(&g);
	}
}

/* The run delay is read again when it may have grown; else it is @delay's. */
static void delay_update(struct vcpu_arm64 *a, uint64_t *delay)
{
	const uint64_t now = clock_now(&a->vcpu.vm->clock);

	if (now < a->steal_next || a->vcpu.vm->turns)
		return;
	a->steal_next = now + UPDATE_NS;
	if (was_off_cpu(a))
		run_delay(delay);
}

/*
 * Linux stores the number in each KVM_RUN, grown or not: a dirty log then has
 * the page.
 */
void steal_update(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	struct vm *vm = vcpu->vm;
	uint64_t delay = a->steal_last;
	const struct memslot *s;
	bool logged;

	delay_update(a, &delay);
	logged = a->steal_begins && atomic_load(&vm->memory.nr_dirty_logs);
	a->steal_begins = false;
	if (delay == a->steal_last && !logged)
		return;
	pthread_rwlock_rdlock(&vm->slots_gate);
	s = memslot_find(atomic_load(&vm->slots), a->steal_base);
	if (s && !(s->flags & KVM_MEM_READONLY)) {
		stolen_add(s->host + (a->steal_base - s->gpa),
			   delay - a->steal_last);
		if (s->dirty)
			dirty_log_mark(vm, s, a->steal_base,
				       sizeof(struct stolen));
		a->steal_last = delay;
	}
	pthread_rwlock_unlock(&vm->slots_gate);
}
