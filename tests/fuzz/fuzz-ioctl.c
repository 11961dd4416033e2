/* SPDX-License-Identifier: MIT */
/*
 * Sequences of requests to the kernel model, without the shim: from two
 * threads at once, on several VMs, vCPUs and devices, with good and bad
 * pointers, while guests made of random code run and are kicked out. What
 * must hold: no crash, no hang, an answer that Linux could give, and nothing
 * left of the objects when all descriptors are closed.
 *
 * An input is two setup bytes (the second: host, rings, features), the share of
 * the second thread and then operations.
 */
#include "fuzz-args.h"
#include "fuzz-gic.h"

#include <dirent.h>
#include <errno.h>
#include <fauxkvm/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/a64.h"
#include "tests/kernel/kvm-host.h"
#include "tests/tsan.h"
#include "kernel/arm64/host.h"
#include "kernel/vcpu.h"

const size_t fuzz_input_max = 4096;

#define NR_WORKERS 2
#define NR_FDS     48
#define KICK_NS    300000

/* Descriptors of the model, -1: none. */
static _Atomic int fds[NR_FDS];

/* Workers, for the kicker. */
static struct worker {
	struct fuzz_input in;
	pthread_t thread;
	struct kobj *running; /* in KVM_RUN or about to be; kick_lock */
	uint8_t *scratch;     /* a page of its own in the arena */
} workers[NR_WORKERS];
static pthread_mutex_t kick_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- kicks --------------------------------------------------------------- */

#ifdef __SANITIZE_THREAD__
/*
 * TSan holds a signal back until the thread calls into libc, which a vCPU
 * that sleeps or spins does not: what the handler would do is done from here.
 */
static void kick(struct worker *w)
{
	struct vcpu *vcpu = container_of(w->running, struct vcpu, obj);

	atomic_store(&vcpu->signal, true);
	vcpu_kick(vcpu);
}
#else
static void kick(struct worker *w)
{
	pthread_kill(w->thread, SIGUSR1);
}
#endif

static void on_kick(int sig)
{
	kernel_signal_arrived();
}

static void *kicker(void *arg)
{
	struct timespec ts = {.tv_nsec = KICK_NS};

	for (;;) {
		nanosleep(&ts, NULL);
		pthread_mutex_lock(&kick_lock);
		for (int i = 0; i < NR_WORKERS; i++)
			if (workers[i].running)
				kick(&workers[i]);
		pthread_mutex_unlock(&kick_lock);
	}
	return NULL;
}

/* ---- descriptors --------------------------------------------------------- */

static void fd_add(int fd)
{
	for (int i = 0; i < NR_FDS; i++) {
		int none = -1;

		if (atomic_compare_exchange_strong(&fds[i], &none, fd))
			return;
	}
	kvm_host_close(fd);
}

static void fd_close(int slot)
{
	int fd = atomic_exchange(&fds[slot], -1);

	if (fd >= 0)
		kvm_host_close(fd);
}

/* An object with a reference, often of @kind; NULL: none there. */
static struct kobj *obj_get(struct fuzz_input *in, int kind, int *fd)
{
	int first = fuzz_below(in, NR_FDS);

	for (int i = 0; i < NR_FDS; i++) {
		struct kobj *obj;

		*fd = atomic_load(&fds[(first + i) % NR_FDS]);
		obj = *fd < 0 ? NULL : kvm_host_get(*fd);
		if (obj && (kind < 0 || obj->kind == kind))
			return obj;
		if (obj)
			kobj_put(obj);
	}
	return NULL;
}

static const char *cmd_name(unsigned int cmd)
{
	const struct kernel_ioctl_row *row;

	for (unsigned int n = 0; (row = kernel_ioctl_row(n)); n++)
		if (row->cmd == cmd)
			return row->name;
	return "?";
}

static long request(struct kobj *obj, unsigned int cmd, unsigned long arg)
{
	long ret;

	errno = 4711;
	ret = kvm_host_request(obj, -1, cmd, arg);
	if (errno != 4711)
		fuzz_fail("%s on %s changed errno", cmd_name(cmd), obj->name);
	if (!fuzz_answer_ok(obj->kind, cmd, ret))
		fuzz_fail("%s (0x%x) on %s answered %ld", cmd_name(cmd), cmd,
			  obj->name, ret);
	if (ret < 0)
		return ret;
	if (cmd == KVM_CREATE_VM || cmd == KVM_CREATE_VCPU ||
	    cmd == KVM_GET_STATS_FD) {
		struct kobj *new = kvm_host_get(ret);

		/* struct kvm_run is shared as guest memory is: op_scribble()
		 * writes it during KVM_RUN. */
		if (new &&new->size)
			tsan_guest_memory(new->pages, new->size);
		if (new)
			kobj_put(new);
		fd_add(ret);
	} else if (cmd == KVM_CREATE_DEVICE) {
		struct kvm_create_device *cd = (void *)arg;

		if (!(cd->flags & KVM_CREATE_DEVICE_TEST))
			fd_add(cd->fd);
	}
	return ret;
}

static void running_set(struct worker *w, struct kobj *vcpu)
{
	pthread_mutex_lock(&kick_lock);
	w->running = vcpu;
	pthread_mutex_unlock(&kick_lock);
}

static void run(struct worker *w, struct kobj *vcpu)
{
	running_set(w, vcpu);
	request(vcpu, KVM_RUN, 0);
	/* No kick is under way when this thread goes on (and may end). */
	running_set(w, NULL);
}

/* ---- operations ---------------------------------------------------------- */

static void reg_set(struct worker *w, struct kobj *vcpu, uint64_t id,
		    uint64_t val)
{
	struct kvm_one_reg *reg = (void *)w->scratch;
	uint64_t *p = (uint64_t *)(w->scratch + 64);

	*p = val;
	*reg = (struct kvm_one_reg){id, (uintptr_t)p};
	request(vcpu, KVM_SET_ONE_REG, (uintptr_t)reg);
}

#define REG_X(n)   (0x6030000000100000ull + 2 * (n))
#define REG_PC     0x6030000000100040ull
#define REG_PSTATE 0x6030000000100042ull
#define REG_VBAR   0x603000000013c600ull

/* One request of the table on one object, arguments of any quality. */
static void op_request(struct worker *w)
{
	struct fuzz_input *in = &w->in;
	const struct kernel_ioctl_row *row;
	static const char *const kinds[] = {"system", "vm", "vcpu", "device"};
	unsigned int n = 0, pick;
	unsigned long arg;
	struct kobj *obj;
	int fd;

	while (kernel_ioctl_row(n))
		n++;
	pick = fuzz_below(in, n);
	/* What is always refused comes seldom. */
	if (fuzz_below(in, 16))
		while (!kernel_ioctl_row(pick)->implemented)
			pick = (pick + 1) % n;
	row = kernel_ioctl_row(pick);
	for (int kind = 0; kind < 4; kind++)
		if (!strcmp(row->fd, kinds[kind]))
			n = kind;
	obj = obj_get(in, fuzz_below(in, 8) ? (int)n : -1, &fd);
	if (!obj)
		return;
	if (row->size) {
		uint8_t how = fuzz_u8(in);

		memset(w->scratch, 0, 1024);
		fuzz_argument(in, obj, row->cmd, w->scratch, row->size);
		arg = (uintptr_t)w->scratch;
		if (how < 16)
			arg = fuzz_pointer(in);
		/* What a device was given as descriptor must be found. */
		if (row->cmd == KVM_CREATE_DEVICE)
			arg = how < 8 ? 0 : (uintptr_t)w->scratch;
	} else {
		arg = fuzz_below(in, 4) ? fuzz_below(in, 8) : fuzz_value(in);
	}
	if (row->cmd == KVM_RUN && obj->kind == KOBJ_VCPU)
		run(w, obj);
	else
		request(obj, row->cmd, arg);
	kobj_put(obj);
}

static void op_number(struct worker *w)
{
	int fd;
	struct kobj *obj = obj_get(&w->in, -1, &fd);
	unsigned int cmd = fuzz_u32(&w->in);

	if (!obj)
		return;
	/* A wild number that happens to be a request is op_request's. */
	if (!strcmp(cmd_name(cmd), "?"))
		request(obj, cmd, fuzz_pointer(&w->in));
	kobj_put(obj);
}

/* A piece of guest code runs. */
static void op_guest(struct worker *w)
{
	struct fuzz_input *in = &w->in;
	int fd;
	struct kobj *vcpu = obj_get(in, KOBJ_VCPU, &fd);
	uint32_t off = (fuzz_u8(in) & 15) * 0x800, n = fuzz_below(in, 32);
	uint8_t how = fuzz_u8(in);
	uint32_t *code = (uint32_t *)(fuzz_arena.base + off);

	if (!vcpu)
		return;
	for (uint32_t i = 0; i < n; i++)
		code[i] = fuzz_insn(in);
	code[n] = ASM_B(-2);
	for (int r = 0; r < 4; r++)
		reg_set(w, vcpu, REG_X(r),
			how & 1 << r ? fuzz_gpa(in) : fuzz_value(in));
	reg_set(w, vcpu, REG_PC, RAM_BASE + off);
	if (how & 16)
		reg_set(w, vcpu, REG_PSTATE, how & 32 ? 0x3c5 : 5);
	if (how & 64)
		reg_set(w, vcpu, REG_VBAR, RAM_BASE + (how >> 7) * 0x800);
	for (unsigned int k = 0; k < 1u + (how >> 6); k++)
		run(w, vcpu);
	kobj_put(vcpu);
}

/* One access of the guest to a device's register. */
static void op_access(struct worker *w)
{
	static const uint32_t insns[] = {
		ASM_STR_W(1, 0), ASM_LDR_W(1, 0), ASM_STR(1, 0),
		ASM_LDR(1, 0),   ASM_STRB(1, 0),  ASM_LDRB(1, 0),
	};
	struct fuzz_input *in = &w->in;
	int fd;
	struct kobj *vcpu = obj_get(in, KOBJ_VCPU, &fd);
	uint32_t off = 0x8000 + (w - workers) * 0x1000;
	uint32_t *code = (uint32_t *)(fuzz_arena.base + off);

	if (!vcpu)
		return;
	for (int i = 0; i < 4; i++)
		code[i] = insns[fuzz_below(in, 6)];
	code[4] = ASM_B_SELF;
	reg_set(w, vcpu, REG_X(0), fuzz_gpa(in) + (fuzz_u16(in) & 0xfff8));
	reg_set(w, vcpu, REG_X(1),
		fuzz_below(in, 3) ? fuzz_value(in) : fuzz_gpa(in));
	reg_set(w, vcpu, REG_PC, RAM_BASE + off);
	run(w, vcpu);
	kobj_put(vcpu);
}

/* Entries of a dirty ring are given back, once or before they are there. */
static void scribble_ring(struct fuzz_input *in, const struct kobj *vcpu)
{
	const struct kobj_part *part = &vcpu->part[1];
	struct kvm_dirty_gfn *gfns = part->pages;
	unsigned int n, first = fuzz_u8(in);

	if (!gfns)
		return;
	n = part->size / sizeof(*gfns);
	for (unsigned int i = fuzz_u8(in); i; i--)
		__atomic_store_n(&gfns[(first + i) % n].flags,
				 KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	if (fuzz_u8(in) < 64)
		__atomic_store_n(&gfns[first % n].slot, fuzz_value(in),
				 __ATOMIC_RELAXED);
	if (fuzz_u8(in) < 64)
		__atomic_store_n(&gfns[first % n].offset, fuzz_value(in),
				 __ATOMIC_RELAXED);
}

/* User space writes what it likes into struct kvm_run and the rings. */
static void op_scribble(struct worker *w)
{
	struct fuzz_input *in = &w->in;
	int fd;
	struct kobj *vcpu = obj_get(in, KOBJ_VCPU, &fd);
	uint8_t *page;

	if (!vcpu)
		return;
	page = vcpu->pages;
	switch (fuzz_below(in, 6)) {
	case 5: scribble_ring(in, vcpu); break;
	case 0: page[1] = fuzz_u8(in) & 1; break; /* immediate_exit */
	case 1: page[8] = fuzz_u8(in); break;     /* exit_reason */
	case 2: page[32 + fuzz_u8(in)] = fuzz_u8(in); break;
	case 3: page[4096 + (fuzz_u8(in) & 7)] = fuzz_u8(in); break;
	default: page[fuzz_u16(in) & 0x1fff] = fuzz_u8(in); break;
	}
	kobj_put(vcpu);
}

/* The VMM takes memory away and gives it back: not where fuzz_its() writes. */
static void op_memory(struct worker *w)
{
	uint8_t how = fuzz_u8(&w->in);
	uint8_t *page =
		fuzz_arena.base + 0x10000 + fuzz_below(&w->in, 0x60) * 4096;

	if (how & 1)
		mprotect(page, 4096, how & 2 ? PROT_READ : PROT_NONE);
	else if (how & 2)
		madvise(page, 4096, MADV_DONTNEED);
	else
		mprotect(page, 4096, PROT_READ | PROT_WRITE);
	kernel_host_memory_changed(page, 4096);
	if (how & 0x40)
		kernel_host_memory_changed((void *)(uintptr_t)fuzz_u64(&w->in),
					   fuzz_value(&w->in));
}

static void op_device(struct worker *w)
{
	int fd;
	uint8_t how = fuzz_u8(&w->in);
	struct kobj *obj =
		obj_get(&w->in, how & 1 ? KOBJ_DEVICE : KOBJ_VM, &fd);

	/* One of several devices is the ITS, with luck. */
	for (int i = 0; obj && (how & 7) == 1 && i < 8; i++) {
		if (strstr(obj->name, "its"))
			break;
		kobj_put(obj);
		obj = obj_get(&w->in, KOBJ_DEVICE, &fd);
	}
	if (!obj)
		return;
	if (!(how & 1))
		fuzz_msi(&w->in, request, obj, w->scratch);
	else if (how & 6)
		fuzz_attribute(&w->in, request, obj, w->scratch);
	else
		fuzz_its(&w->in, request, obj, w->scratch);
	kobj_put(obj);
}

static void op_event(struct worker *w)
{
	uint64_t one = 1;
	int fd = fuzz_arena.event[fuzz_u8(&w->in) % NR_EVENTS];

	if (fuzz_u8(&w->in) & 1 ? write(fd, &one, 8) : read(fd, &one, 8))
		return;
}

static void op_close(struct worker *w)
{
	uint8_t how = fuzz_u8(&w->in);

	/* Rarely: what is built up should be used. */
	if (how < 48)
		fd_close(how % NR_FDS);
	else if (how < 52)
		kvm_host_fail_next();
}

static void *worker_main(void *arg)
{
	static void (*const ops[])(struct worker *) = {
		op_request, op_request, op_request,  op_request, op_request,
		op_request, op_guest,   op_guest,    op_guest,   op_access,
		op_access,  op_access,  op_scribble, op_memory,  op_event,
		op_close,   op_number,  op_number,   op_device,  op_device,
		op_device,
	};
	struct worker *w = arg;

	while (!fuzz_empty(&w->in))
		ops[fuzz_below(&w->in, ARRAY_SIZE(ops))](w);
	return NULL;
}

/* ---- setup --------------------------------------------------------------- */

static void attr_set(struct worker *w, struct kobj *dev, uint32_t group,
		     uint64_t attr, uint64_t val)
{
	struct kvm_device_attr *a = (void *)w->scratch;
	uint64_t *p = (uint64_t *)(w->scratch + 64);

	*p = val;
	*a = (struct kvm_device_attr){
		.group = group, .attr = attr, .addr = (uintptr_t)p};
	request(dev, KVM_SET_DEVICE_ATTR, (uintptr_t)a);
}

static void device_new(struct worker *w, struct kobj *vm, uint32_t type)
{
	struct kvm_create_device *cd = (void *)(w->scratch + 128);
	struct kobj *dev;

	*cd = (struct kvm_create_device){.type = type};
	if (request(vm, KVM_CREATE_DEVICE, (uintptr_t)cd))
		return;
	dev = kvm_host_get(cd->fd);
	if (!dev)
		return;
	switch (type) {
	case KVM_DEV_TYPE_ARM_VGIC_V2:
		attr_set(w, dev, 0, 0, GICD_BASE);
		attr_set(w, dev, 0, 1, GICC_BASE);
		break;
	case KVM_DEV_TYPE_ARM_VGIC_V3:
		attr_set(w, dev, 0, 2, GICD_BASE);
		attr_set(w, dev, 0, 3, GICR_BASE);
		attr_set(w, dev, 4, 0, 0);
		/* LPIs: GICR_PROPBASER, PENDBASER, CTLR of the first vCPU */
		attr_set(w, dev, 5, 0x70, (RAM_BASE + 0xb0000) | 15);
		attr_set(w, dev, 5, 0x78, RAM_BASE + 0xc0000);
		attr_set(w, dev, 5, 0x00, 1);
		break;
	default: attr_set(w, dev, 0, 4, ITS_BASE); break;
	}
	attr_set(w, dev, 4, 0, 0); /* init */
	kobj_put(dev);
}

static void cap_enable(struct worker *w, struct kobj *vm, uint32_t cap,
		       uint64_t arg)
{
	struct kvm_enable_cap *c = (void *)w->scratch;

	*c = (struct kvm_enable_cap){.cap = cap, .args = {arg}};
	request(vm, KVM_ENABLE_CAP, (uintptr_t)c);
}

/* Rings, which a VM has before its vCPUs or not at all. */
static void rings_setup(struct worker *w, struct kobj *vm, uint8_t more)
{
	if (!(more & 3))
		return;
	cap_enable(w, vm, KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 4096 << (more & 1));
	if (more & 2)
		cap_enable(w, vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0);
}

/* What most VMs have, so that the operations have something to work on. */
static void vm_setup(struct worker *w, struct kobj *vm, uint8_t setup,
		     uint8_t more)
{
	struct kvm_userspace_memory_region *slot = (void *)w->scratch;
	struct kvm_vcpu_init *init = (void *)w->scratch;

	rings_setup(w, vm, more);
	*slot = (struct kvm_userspace_memory_region){
		.flags = setup & 1,
		.guest_phys_addr = RAM_BASE,
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)fuzz_arena.base,
	};
	request(vm, KVM_SET_USER_MEMORY_REGION, (uintptr_t)slot);
	for (int i = 0; i < 1 + (setup >> 1 & 1); i++) {
		long fd = request(vm, KVM_CREATE_VCPU, i);
		struct kobj *vcpu = fd < 0 ? NULL : kvm_host_get(fd);

		if (!vcpu)
			continue;
		*init = (struct kvm_vcpu_init){
			.target = KVM_ARM_TARGET_GENERIC_V8,
			.features = {1 << KVM_ARM_VCPU_PSCI_0_2 |
				     fuzz_features(more >> 3 & 3)}};
		request(vcpu, KVM_ARM_VCPU_INIT, (uintptr_t)init);
		/* Without GIC the PMU is ready after this. */
		if ((more & 0x48) == 0x48 && !(setup & 4))
			attr_set(w, vcpu, KVM_ARM_VCPU_PMU_V3_CTRL,
				 KVM_ARM_VCPU_PMU_V3_INIT, 0);
		kobj_put(vcpu);
	}
	if (setup >> 2 & 1)
		device_new(w, vm,
			   setup >> 3 & 1 ? KVM_DEV_TYPE_ARM_VGIC_V2
					  : KVM_DEV_TYPE_ARM_VGIC_V3);
	if ((setup >> 2 & 3) == 1)
		device_new(w, vm, KVM_DEV_TYPE_ARM_VGIC_ITS);
}

/* Nothing of the last world is left: another host can be had. */
static void host_pick(uint8_t more)
{
	static const char *const hosts[] = {"default", "max", "neoverse-n1",
					    "cortex-a57-gicv2"};

	if (host_choose(hosts[more >> 5 & 1 ? 1 : more >> 6]))
		abort();
}

static void world_open(struct worker *w, uint8_t setup, uint8_t more)
{
	struct kobj *sys, *vm;
	int fd;

	host_pick(more);

	mprotect(fuzz_arena.base, ARENA_SIZE, PROT_READ | PROT_WRITE);
	madvise(fuzz_arena.base, ARENA_SIZE, MADV_DONTNEED);
	for (int i = 0; i < NR_FDS; i++)
		atomic_store(&fds[i], -1);
	kvm_host_init(); /* no failure is owed */
	fd = kvm_host_open();
	fd_add(fd);
	sys = kvm_host_get(fd);
	fd = request(sys, KVM_CREATE_VM, 0);
	kobj_put(sys);
	vm = kvm_host_get(fd);
	if (setup != 255)
		vm_setup(w, vm, setup, more);
	kobj_put(vm);
}

static unsigned int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (dir && readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void start_once(void)
{
	struct sigaction sa = {.sa_handler = on_kick, .sa_flags = SA_RESTART};
	struct kernel_clock_options time = KERNEL_CLOCK_DEFAULTS;
	const char *count = getenv("FUZZ_CLOCK");
	pthread_t thread;
	sigset_t all, old;

	fuzz_arena_init();
	kernel_offer_draft_attrs(true);
	if (count && !strcmp(count, "cycles")) {
		time.clock = KERNEL_CLOCK_CYCLES;
		time.idle_wait_ms = 1;
		if (kernel_set_clock(&time))
			abort();
	}
	for (int i = 0; i < NR_WORKERS; i++)
		workers[i].scratch =
			fuzz_arena.base + ARENA_SIZE - (1 + i) * 4096;
	sigaction(SIGUSR1, &sa, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_create(&thread, NULL, kicker, NULL);
	pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct fuzz_input in = {data, data + size};
	unsigned int files, left;
	uint8_t setup, more;
	size_t share;

	pthread_once(&once, start_once);
	files = open_files();
	setup = fuzz_u8(&in);
	more = fuzz_u8(&in);
	world_open(&workers[0], setup, more);
	share = fuzz_u8(&in);
	share = (in.end - in.at) * (share < 128 ? 0 : share - 128) / 256;
	workers[0].in = (struct fuzz_input){in.at, in.end - share};
	workers[1].in = (struct fuzz_input){in.end - share, in.end};
	workers[0].thread = pthread_self();
	if (share &&
	    pthread_create(&workers[1].thread, NULL, worker_main, &workers[1]))
		abort();
	worker_main(&workers[0]);
	if (share)
		pthread_join(workers[1].thread, NULL);
	for (int i = 0; i < NR_FDS; i++)
		fd_close(i);
	left = kvm_host_count();
	if (left)
		fuzz_fail("%u objects left", left);
	if (open_files() != files)
		fuzz_fail("%u files open, %u before", open_files(), files);
	return 0;
}
