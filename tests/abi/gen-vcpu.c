/* SPDX-License-Identifier: MIT */
/*
 * Random calls on vCPUs but for registers: making and initialising them,
 * events, MP state, guest debugging, attributes, and KVM_RUN as things are.
 * See random.h.
 */
#include "random.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static void create_vcpu(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	unsigned int slot = below(NR_VCPUS);
	uint64_t id = odd(60) ? ONE_OF(7, 8, 15, 16, 255, 511, 512, -1u) : slot;
	struct kvm_run *run;

	say(" -> vcpu%u.%u id=%llu", vm, slot, (unsigned long long)id);
	fd = answer_fd(ioctl(fd, KVM_CREATE_VCPU, id));
	if (fd < 0)
		return;
	slot_put(&world.vcpu[vm][slot], fd);
	run = mmap(NULL, 0x2000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	world.run[vm][slot] = run == MAP_FAILED ? NULL : run;
}

static void init(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = {1u << KVM_ARM_VCPU_PSCI_0_2},
	};

	if (odd(200))
		init.features[0] ^= 1u << KVM_ARM_VCPU_POWER_OFF;
	if (odd(100))
		init.features[0] ^= 1u << below(9);
	else if (odd(850))
		init.features[0] |= vm_features(vm);
	if (odd(20))
		init.features[0] = wild();
	if (odd(20))
		init.features[1 + below(6)] = 1u << below(32);
	if (odd(40))
		init.target = below(8);
	if (options.without & WITHOUT_PMU)
		init.features[0] &= ~(1u << KVM_ARM_VCPU_PMU_V3);
	say(" target=%u features=%#x", init.target, init.features[0]);
	for (unsigned int i = 1; i < 7; i++)
		if (init.features[i])
			say(" %u:%#x", i, init.features[i]);
	answer(ioctl(fd, KVM_ARM_VCPU_INIT, in_arg(&init, sizeof(init))));
}

static void finalize(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	int what = odd(100) ? (int)wild() : (int)below(8);

	say(" what=%d", what);
	answer(ioctl(fd, KVM_ARM_VCPU_FINALIZE, in_arg(&what, sizeof(what))));
}

void reg_list_call(int fd)
{
	struct {
		struct kvm_reg_list head;
		uint64_t reg[1000];
	} list, *arg;
	uint64_t hash = 0xcbf29ce484222325;

	memset(&list, 0, sizeof(list));
	list.head.n = ONE_OF(1000, 1000, 0, 10, 258, 259);
	say(" n=%llu", (unsigned long long)list.head.n);
	arg = in_arg(&list, sizeof(list));
	answer(ioctl(fd, KVM_GET_REG_LIST, arg));
	if (!args_good || arg->head.n > 1000)
		return;
	for (unsigned int i = 0; i < arg->head.n; i++)
		hash = (hash ^ arg->reg[i]) * 0x100000001b3;
	say(" n=%llu ids=%llx", (unsigned long long)arg->head.n,
	    (unsigned long long)hash);
}

static void reg_list(void)
{
	unsigned int vm, n;

	reg_list_call(pick_vcpu(&vm, &n));
}

void events_call(int fd)
{
	struct kvm_vcpu_events e = {0}, *arg;

	if (odd(500)) {
		say(" get");
		arg = in_arg(&e, sizeof(e));
		if (answer(ioctl(fd, KVM_GET_VCPU_EVENTS, arg)) == 0)
			say_bytes(arg, 16);
		return;
	}
	e.exception.serror_pending = odd(300) ? below(3) : 0;
	e.exception.serror_has_esr = odd(200) ? below(3) : 0;
	e.exception.ext_dabt_pending = odd(300) ? below(3) : 0;
	e.exception.serror_esr = odd(200) ? wild() : 0;
	if (options.without & WITHOUT_RAS)
		e.exception.serror_has_esr = 0;
	if (odd(50))
		e.exception.pad[below(5)] = 1;
	if (odd(50))
		e.reserved[below(12)] = 1;
	say(" set ");
	say_bytes(&e, 16);
	answer(ioctl(fd, KVM_SET_VCPU_EVENTS, in_arg(&e, sizeof(e))));
}

static void events(void)
{
	unsigned int vm, n;

	events_call(pick_vcpu(&vm, &n));
}

static void mp_state(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	struct kvm_mp_state s = {ONE_OF(0, 0, 0, 5, 10)}, *arg;

	if (odd(300)) {
		say(" get");
		arg = in_arg(&s, sizeof(s));
		if (answer(ioctl(fd, KVM_GET_MP_STATE, arg)) == 0)
			say(" %u", arg->mp_state);
		return;
	}
	if (odd(100))
		s.mp_state = odd(200) ? wild() : below(12);
	say(" set %u", s.mp_state);
	answer(ioctl(fd, KVM_SET_MP_STATE, in_arg(&s, sizeof(s))));
}

static void guest_debug(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	struct kvm_guest_debug d = {0};

	if (odd(500))
		d.control =
			KVM_GUESTDBG_ENABLE |
			ONE_OF(0, KVM_GUESTDBG_SINGLESTEP,
			       KVM_GUESTDBG_USE_SW_BP, KVM_GUESTDBG_USE_HW,
			       KVM_GUESTDBG_USE_HW | KVM_GUESTDBG_USE_SW_BP,
			       KVM_GUESTDBG_USE_HW | KVM_GUESTDBG_SINGLESTEP);
	if (odd(50))
		d.control = wild();
	if (odd(500)) {
		/* Enabled, EL1 and EL0, all bytes. */
		d.arch.dbg_bcr[0] = 0x1e7;
		d.arch.dbg_bvr[0] = RAM_GPA + OFF_CODE + below(4) * 4;
	}
	if (odd(500)) {
		d.arch.dbg_wcr[0] = 0x1fff;
		d.arch.dbg_wvr[0] = RAM_GPA + OFF_DATA;
	}
	say(" control=%#x bcr=%llx bvr=%llx wcr=%llx", d.control,
	    (unsigned long long)d.arch.dbg_bcr[0],
	    (unsigned long long)d.arch.dbg_bvr[0],
	    (unsigned long long)d.arch.dbg_wcr[0]);
	answer(ioctl(fd, KVM_SET_GUEST_DEBUG, in_arg(&d, sizeof(d))));
}

void vcpu_attr_call(int fd)
{
	uint64_t request = ONE_OF(KVM_SET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR,
				  KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR);
	uint32_t group = odd(30) ? wild() : 1 + below(2);
	uint64_t attr = odd(100) ? wild() : below(4), val = 16 + below(16);

	if (group == KVM_ARM_VCPU_PVTIME_CTRL) {
		attr = odd(100) ? below(3) : 0;
		val = RAM_GPA + 0x80000 + below(4) * 64;
		if (odd(100))
			val = ONE_OF(RAM_GPA + 8, 0, GPA_MMIO, -64ull);
	} else if (odd(50)) {
		val = ONE_OF(0, 15, 32, 1020, -1u);
	}
	if (odd(250)) {
		group = KVM_ARM_VCPU_PMU_V3_CTRL;
		attr = ONE_OF(KVM_ARM_VCPU_PMU_V3_IRQ, KVM_ARM_VCPU_PMU_V3_INIT,
			      KVM_ARM_VCPU_PMU_V3_FILTER,
			      KVM_ARM_VCPU_PMU_V3_SET_PMU);
	}
	if (group == KVM_ARM_VCPU_PMU_V3_CTRL && options.without & WITHOUT_PMU)
		group = 3;
	if (group == KVM_ARM_VCPU_PMU_V3_CTRL &&
	    attr == KVM_ARM_VCPU_PMU_V3_FILTER) {
		struct kvm_pmu_event_filter filter = {
			.base_event = ONE_OF(0, 0x11, 0x1e, 0x3ff, 0xffff),
			.nevents = ONE_OF(1, 1, 2, 16, 0, 0xffff),
			.action = below(3),
		};

		memcpy(&val, &filter, sizeof(val));
	}
	/* 10 is the host's, where it has one. */
	if (group == KVM_ARM_VCPU_PMU_V3_CTRL &&
	    attr == KVM_ARM_VCPU_PMU_V3_SET_PMU)
		val = ONE_OF(10, 10, 10, 0, 3, 11, -1u);
	say(" ");
	attr_call(fd, request, group, attr, val,
		  group == KVM_ARM_VCPU_PVTIME_CTRL ||
				  attr == KVM_ARM_VCPU_PMU_V3_FILTER
			  ? 8
			  : 4);
}

static void vcpu_attr(void)
{
	unsigned int vm, n;

	vcpu_attr_call(pick_vcpu(&vm, &n));
}

static void signal_mask(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	struct {
		struct kvm_signal_mask head;
		uint8_t set[16];
	} __attribute__((packed)) mask = {{ONE_OF(8, 8, 4, 16, 0)}, {0}};

	/* The watcher's stays open. */
	mask.set[0] = (rnd() & 0xff) & ~(1u << ((SIGUSR1 - 1) & 7));
	mask.set[1] = (rnd() & 0xff) & ~(1u << ((SIGUSR1 - 1) & 7));
	say(" len=%u", mask.head.len);
	if (odd(300)) {
		say(" none");
		answer(ioctl(fd, KVM_SET_SIGNAL_MASK, 0));
		return;
	}
	answer(ioctl(fd, KVM_SET_SIGNAL_MASK, in_arg(&mask, sizeof(mask))));
}

/* Wherever the guest is; it may spin or sleep. */
static void run(void)
{
	unsigned int vm, n;
	int fd = pick_vcpu(&vm, &n);
	struct kvm_run *run = world.run[vm][n];
	bool now = odd(400);

	if (odd(30)) {
		say(" arg=1");
		answer(ioctl(fd, KVM_RUN, 1));
		return;
	}
	if (now)
		say(" immediate_exit");
	if (run)
		run->immediate_exit = now;
	answer(run_limited(fd));
	if (run) {
		run->immediate_exit = 0;
		say(" exit=%u", run->exit_reason);
	}
}

const struct op ops_vcpu[] = {
	{"CREATE_VCPU", create_vcpu, 14},
	{"ARM_VCPU_INIT", init, 24},
	{"ARM_VCPU_FINALIZE", finalize, 4},
	{"GET_REG_LIST", reg_list, 4},
	{"VCPU_EVENTS", events, 24},
	{"MP_STATE", mp_state, 16},
	{"SET_GUEST_DEBUG", guest_debug, 14},
	{"vcpu attr", vcpu_attr, 24},
	{"SET_SIGNAL_MASK", signal_mask, 4},
	{"RUN", run, 10},
	{0},
};
