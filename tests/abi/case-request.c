/* SPDX-License-Identifier: MIT */
/*
 * Requests by kind of descriptor: which numbers arm64 refuses and whether it
 * reads their argument first, bad pointers, and what comes before everything
 * else: another process's VM, a vCPU that is not initialised.
 */
#include "abi.h"

#include <sys/wait.h>

/* A VM with everything that has a descriptor. */
struct all {
	struct abi_vm v;
	int raw_vcpu; /* not initialised */
	int vfio, vm_stats, vcpu_stats;
};

static void all_open(struct all *a)
{
	abi_vm_open(&a->v, ABI_NO_GIC);
	a->v.gic = abi_device(&a->v, abi_device_there(&a->v, 7) ? 7 : 5);
	a->raw_vcpu = ioctl(a->v.vm, KVM_CREATE_VCPU, 5);
	a->vfio = abi_device(&a->v, KVM_DEV_TYPE_VFIO);
	a->vm_stats = ioctl(a->v.vm, KVM_GET_STATS_FD, 0);
	a->vcpu_stats = ioctl(a->v.vcpu, KVM_GET_STATS_FD, 0);
	NEED(a->raw_vcpu >= 0 && a->vm_stats >= 0 && a->vcpu_stats >= 0);
}

/* ---- what arm64 has not -------------------------------------------------- */

struct number {
	const char *name;
	uint32_t request;
	int bad, good; /* errno with a bad pointer, and with a good one */
};
#define NO(name, request)                     \
	{                                     \
		name, request, EINVAL, EINVAL \
	}
#define READS(name, request)                  \
	{                                     \
		name, request, EFAULT, EINVAL \
	}

static void refused(int fd, const struct number *rows, size_t nr)
{
	static uint8_t room[4096];

	for (size_t i = 0; i < nr; i++) {
		const struct number *r = &rows[i];
		size_t size = r->request >> 16 & 0x3fff;

		for (unsigned int n = 0; n < NR_BAD_POINTERS; n++)
			ROW(ioctl(fd, r->request, abi_bad_pointer(n, size)),
			    r->bad, r->name);
		memset(room, 0, sizeof(room));
		ROW(ioctl(fd, r->request, room), r->good, r->name);
		memset(room, 0xff, sizeof(room));
		ROW(ioctl(fd, r->request, room), r->good, r->name);
		if (r->bad == EINVAL)
			ROW(ioctl(fd, r->request, 0), EINVAL, r->name);
	}
}

static void refused_system(void)
{
	static const struct number rows[] = {
		NO("TRACE_ENABLE", 0x4008ae06),
		NO("TRACE_PAUSE", 0xae07),
		NO("TRACE_DISABLE", 0xae08),
		NO("GET_MSR_INDEX_LIST", 0xc004ae02),
		NO("GET_SUPPORTED_CPUID", 0xc008ae05),
		NO("GET_EMULATED_CPUID", 0xc008ae09),
		NO("GET_MSR_FEATURE_INDEX_LIST", 0xc004ae0a),
		NO("HAS_DEVICE_ATTR", KVM_HAS_DEVICE_ATTR),
		NO("GET_DEVICE_ATTR", KVM_GET_DEVICE_ATTR),
		NO("SET_DEVICE_ATTR", KVM_SET_DEVICE_ATTR),
		NO("ENABLE_CAP", KVM_ENABLE_CAP),
		NO("CREATE_VCPU", KVM_CREATE_VCPU),
		NO("RUN", KVM_RUN),
		NO("GET_STATS_FD", KVM_GET_STATS_FD),
		NO("TCGETS", 0x5401),
		NO("nothing", 0xaeff),
		NO("another type", 0x4b01),
		NO("0", 0),
		NO("-1", ~0u),
	};
	struct all a;

	all_open(&a);
	refused(a.v.kvm, rows, ROWS(rows));
}

static void refused_vm(void)
{
	static const struct number rows[] = {
		NO("GET_DEVICE_ATTR", KVM_GET_DEVICE_ATTR),
		NO("CREATE_GUEST_MEMFD", 0xc040aed4),
		NO("SET_MEMORY_ATTRIBUTES", 0x4020aed2),
		NO("SET_TSS_ADDR", 0xae47),
		NO("SET_IDENTITY_MAP_ADDR", 0x4008ae48),
		NO("SET_NR_MMU_PAGES", 0xae44),
		NO("GET_NR_MMU_PAGES", 0xae45),
		NO("GET_IRQCHIP", 0xc208ae62),
		NO("SET_IRQCHIP", 0x8208ae63),
		NO("CREATE_PIT", 0xae64),
		NO("CREATE_PIT2", 0x4040ae77),
		NO("REINJECT_CONTROL", 0xae71),
		NO("SET_BOOT_CPU_ID", 0xae78),
		NO("GET_CLOCK", 0x8030ae7c),
		NO("SET_CLOCK", 0x4030ae7b),
		NO("SET_PMU_EVENT_FILTER", 0x4008aeb2),
		NO("MEMORY_ENCRYPT_OP", 0xc008aeba),
		NO("MEMORY_ENCRYPT_REG_REGION", 0x8010aebb),
		NO("MEMORY_ENCRYPT_UNREG_REGION", 0x8010aebc),
		NO("XEN_HVM_EVTCHN_SEND", 0x400caed0),
		NO("GET_API_VERSION", KVM_GET_API_VERSION),
		NO("CREATE_VM", KVM_CREATE_VM),
		NO("RUN", KVM_RUN),
		NO("GET_MP_STATE", KVM_GET_MP_STATE),
		NO("SET_ONE_REG", KVM_SET_ONE_REG),
		NO("TCGETS", 0x5401),
		NO("nothing", 0xaeff),
		NO("IRQ_LINE by another direction", 0x8008ae61),
		NO("0", 0),
	};
	struct all a;

	all_open(&a);
	refused(a.v.vm, rows, ROWS(rows));
}

static void refused_vcpu(void)
{
	static const struct number rows[] = {
		NO("GET_REGS", 0x8360ae81),
		READS("SET_REGS", 0x4360ae82),
		NO("GET_SREGS", 0x8000ae83),
		NO("SET_SREGS", 0x4000ae84),
		NO("GET_FPU", 0x8000ae8c),
		NO("SET_FPU", 0x4000ae8d),
		READS("TRANSLATE", 0xc018ae85),
		NO("ENABLE_CAP", KVM_ENABLE_CAP),
		NO("PRE_FAULT_MEMORY", 0xc040aed5),
		NO("INTERRUPT", 0x4004ae86),
		NO("NMI", 0xae9a),
		NO("SMI", 0xaeb7),
		NO("KVMCLOCK_CTRL", 0xaead),
		NO("SET_TSC_KHZ", 0xaea2),
		NO("GET_TSC_KHZ", 0xaea3),
		NO("TPR_ACCESS_REPORTING", 0xc028ae92),
		NO("SET_VAPIC_ADDR", 0x4008ae93),
		NO("X86_SETUP_MCE", 0x4008ae9c),
		NO("X86_GET_MCE_CAP_SUPPORTED", 0x8008ae9d),
		NO("DIRTY_TLB", 0x4010aeaa),
		NO("S390_INITIAL_RESET", 0xae97),
		NO("S390_NORMAL_RESET", 0xaec3),
		NO("S390_CLEAR_RESET", 0xaec4),
		NO("S390_STORE_STATUS", 0x4008ae95),
		NO("GET_API_VERSION", KVM_GET_API_VERSION),
		NO("CHECK_EXTENSION", KVM_CHECK_EXTENSION),
		NO("CREATE_VCPU", KVM_CREATE_VCPU),
		NO("IRQ_LINE", KVM_IRQ_LINE),
		NO("nothing", 0xaeff),
		NO("TCGETS", 0x5401),
		NO("0", 0),
	};
	struct all a;

	all_open(&a);
	refused(a.v.vcpu, rows, ROWS(rows));
	refused(a.raw_vcpu, rows, ROWS(rows));
}

/* A device and a statistics descriptor say ENOTTY, as most files do. */
static void refused_others(void)
{
	static const uint32_t requests[] = {
		KVM_GET_API_VERSION,
		KVM_CHECK_EXTENSION,
		KVM_ENABLE_CAP,
		KVM_RUN,
		KVM_CREATE_VCPU,
		KVM_GET_STATS_FD,
		0x5401,
		0xaeff,
		0,
	};
	struct all a;

	all_open(&a);
	for (size_t i = 0; i < ROWS(requests); i++) {
		REFUSED(ioctl(a.v.gic, requests[i], 0), ENOTTY);
		REFUSED(ioctl(a.vfio, requests[i], 0), ENOTTY);
		REFUSED(ioctl(a.vm_stats, requests[i], 0), ENOTTY);
		REFUSED(ioctl(a.vcpu_stats, requests[i], 0), ENOTTY);
	}
	REFUSED(ioctl(a.vm_stats, KVM_SET_DEVICE_ATTR, 0), ENOTTY);
}

/* ---- bad pointers -------------------------------------------------------- */

enum on { VM, VCPU, INITED, GIC };
static const struct request {
	enum on on;
	const char *name;
	unsigned long request;
} requests[] = {
#define R(on, request)                \
	{                             \
		on, #request, request \
	}
	R(VM, KVM_ENABLE_CAP),
	R(VM, KVM_SET_USER_MEMORY_REGION),
	R(VM, KVM_SET_USER_MEMORY_REGION2),
	R(VM, KVM_GET_DIRTY_LOG),
	R(VM, KVM_CLEAR_DIRTY_LOG),
	R(VM, KVM_REGISTER_COALESCED_MMIO),
	R(VM, KVM_UNREGISTER_COALESCED_MMIO),
	R(VM, KVM_IRQFD),
	R(VM, KVM_IOEVENTFD),
	R(VM, KVM_SIGNAL_MSI),
	R(VM, KVM_IRQ_LINE),
	R(VM, KVM_IRQ_LINE_STATUS),
	R(VM, KVM_SET_GSI_ROUTING),
	R(VM, KVM_CREATE_DEVICE),
	R(VM, KVM_ARM_SET_DEVICE_ADDR),
	R(VM, KVM_ARM_PREFERRED_TARGET),
	R(VM, KVM_ARM_MTE_COPY_TAGS),
	R(VM, KVM_ARM_SET_COUNTER_OFFSET),
	R(VM, KVM_ARM_GET_REG_WRITABLE_MASKS),
	R(VM, KVM_HAS_DEVICE_ATTR),
	R(VM, KVM_SET_DEVICE_ATTR),
	R(VCPU, KVM_GET_MP_STATE),
	R(VCPU, KVM_SET_MP_STATE),
	R(VCPU, KVM_SET_GUEST_DEBUG),
	R(VCPU, KVM_SET_SIGNAL_MASK),
	R(VCPU, KVM_ARM_VCPU_INIT),
	R(VCPU, KVM_SET_DEVICE_ATTR),
	R(VCPU, KVM_GET_DEVICE_ATTR),
	R(VCPU, KVM_HAS_DEVICE_ATTR),
	/* These look first whether the vCPU is initialised. */
	R(INITED, KVM_ARM_VCPU_FINALIZE),
	R(INITED, KVM_GET_ONE_REG),
	R(INITED, KVM_SET_ONE_REG),
	R(INITED, KVM_GET_REG_LIST),
	R(INITED, KVM_GET_VCPU_EVENTS),
	R(INITED, KVM_SET_VCPU_EVENTS),
	R(GIC, KVM_SET_DEVICE_ATTR),
	R(GIC, KVM_GET_DEVICE_ATTR),
	R(GIC, KVM_HAS_DEVICE_ATTR),
};

static void bad_pointers(void)
{
	struct all a;

	all_open(&a);
	for (size_t i = 0; i < ROWS(requests); i++) {
		const struct request *r = &requests[i];
		size_t size = r->request >> 16 & 0x3fff;
		int fd = r->on == VM    ? a.v.vm
			 : r->on == GIC ? a.v.gic
					: a.v.vcpu;

		for (unsigned int n = 0; n < NR_BAD_POINTERS; n++) {
			void *bad = abi_bad_pointer(n, size);

			ROW(ioctl(fd, r->request, bad), EFAULT, r->name);
			if (r->on >= GIC || r->on == VM)
				continue;
			ROW(ioctl(a.raw_vcpu, r->request, bad),
			    r->on == INITED ? ENOEXEC : EFAULT, r->name);
		}
	}
	/* No set of signals is no argument. */
	OK(ioctl(a.v.vcpu, KVM_SET_SIGNAL_MASK, 0));
	/* VFIO has nothing to get, and says so first. */
	for (unsigned int n = 0; n < NR_BAD_POINTERS; n++) {
		void *bad = abi_bad_pointer(n, 24);

		REFUSED(ioctl(a.vfio, KVM_GET_DEVICE_ATTR, bad), EPERM);
		REFUSED(ioctl(a.vfio, KVM_SET_DEVICE_ATTR, bad), EFAULT);
		REFUSED(ioctl(a.vfio, KVM_HAS_DEVICE_ATTR, bad), EFAULT);
	}
}

/* Of what Linux reads, nothing may be needed: a page that can't be written. */
static void read_only_arguments(void)
{
	struct kvm_irq_level line = {.irq = KVM_ARM_IRQ_TYPE_CPU
					    << KVM_ARM_IRQ_TYPE_SHIFT};
	struct kvm_create_device vfio = {.type = KVM_DEV_TYPE_VFIO};
	struct abi_vm v;
	void *page;

	abi_vm_open(&v, ABI_NO_GIC);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(page != MAP_FAILED);
	memcpy(page, &line, sizeof(line));
	NEED(!mprotect(page, 4096, PROT_READ));
	OK(ioctl(v.vm, KVM_IRQ_LINE, page));
	REFUSED(ioctl(v.vm, KVM_IRQ_LINE_STATUS, page), EFAULT);
	REFUSED(ioctl(v.vm, KVM_ARM_PREFERRED_TARGET, page), EFAULT);
	REFUSED(ioctl(v.vcpu, KVM_GET_MP_STATE, page), EFAULT);
	REFUSED(ioctl(v.vcpu, KVM_GET_VCPU_EVENTS, page), EFAULT);
	REFUSED(ioctl(v.vcpu, KVM_GET_REG_LIST, page), EFAULT);
	NEED(!mprotect(page, 4096, PROT_READ | PROT_WRITE));
	memcpy(page, &vfio, sizeof(vfio));
	NEED(!mprotect(page, 4096, PROT_READ));
	/* The device is made before its number can't be told. */
	REFUSED(ioctl(v.vm, KVM_CREATE_DEVICE, page), EFAULT);
	REFUSED(ioctl(v.vm, KVM_CREATE_DEVICE, &vfio), EBUSY);
}

/* ---- before all else ----------------------------------------------------- */

static int every_request(struct all *a, int want)
{
	int wrong = 0;

	for (size_t i = 0; i < ROWS(requests); i++) {
		const struct request *r = &requests[i];
		int fd = r->on == VM    ? a->v.vm
			 : r->on == GIC ? a->v.gic
					: a->v.vcpu;

		if (ROW(ioctl(fd, r->request, abi_bad_pointer(0, 8)), want,
			r->name) == 0 ||
		    errno != want)
			wrong++;
	}
	return wrong;
}

/* The VM is another process's: nothing else is looked at. */
static void in_the_child(void)
{
	struct all a;
	int status = -1;
	pid_t pid;

	all_open(&a);
	pid = fork();
	if (pid == 0) {
		int wrong = every_request(&a, EIO);

		wrong += ioctl(a.v.vm, 0xaeff, 0) == 0 || errno != EIO;
		wrong += ioctl(a.v.vm, 0x5401, 0) == 0 || errno != EIO;
		wrong += ioctl(a.v.vcpu, 0x5401, 0) == 0 || errno != EIO;
		wrong += ioctl(a.v.vcpu, KVM_RUN, 1) == 0 || errno != EIO;
		wrong += ioctl(a.raw_vcpu, KVM_RUN, 0) == 0 || errno != EIO;
		wrong += ioctl(a.v.gic, 0xaeff, 0) == 0 || errno != EIO;
		wrong += ioctl(a.vfio, KVM_GET_DEVICE_ATTR, 0) == 0 ||
			 errno != EIO;
		wrong += ioctl(a.v.kvm, KVM_GET_API_VERSION, 0) != 12;
		wrong += ioctl(a.v.kvm, 0xaeff, 0) == 0 || errno != EINVAL;
		wrong += ioctl(a.vm_stats, 0xaeff, 0) == 0 || errno != ENOTTY;
		fflush(stdout);
		_exit(wrong > 99 ? 99 : wrong);
	}
	NEED(pid > 0 && waitpid(pid, &status, 0) == pid);
	EQUAL(WEXITSTATUS(status), 0);
	/* The parent's is as it was. */
	OK(ioctl(a.v.vm, KVM_CHECK_EXTENSION, 0));
}

static void not_initialised(void)
{
	struct kvm_mp_state state = {.mp_state = 99};
	int sve = 4;
	struct all a;

	all_open(&a);
	REFUSED(ioctl(a.raw_vcpu, KVM_ARM_VCPU_FINALIZE, &sve), ENOEXEC);
	REFUSED(ioctl(a.raw_vcpu, KVM_RUN, 1), EINVAL);
	REFUSED(ioctl(a.raw_vcpu, KVM_RUN, 0), ENOEXEC);
	OK(ioctl(a.raw_vcpu, KVM_GET_MP_STATE, &state));
	EQUAL(state.mp_state, KVM_MP_STATE_RUNNABLE);
	state.mp_state = KVM_MP_STATE_STOPPED;
	OK(ioctl(a.raw_vcpu, KVM_SET_MP_STATE, &state));
	OK(ioctl(a.raw_vcpu, KVM_GET_MP_STATE, &state));
	EQUAL(state.mp_state, KVM_MP_STATE_STOPPED);
	REFUSED(ioctl(a.raw_vcpu, KVM_RUN, 0), ENOEXEC);
}

const struct abi_case cases_request[] = {
	{"request/refused-system", refused_system},
	{"request/refused-vm", refused_vm},
	{"request/refused-vcpu", refused_vcpu},
	{"request/refused-others", refused_others},
	{"request/bad-pointers", bad_pointers},
	{"request/read-only-arguments", read_only_arguments},
	{"request/in-the-child", in_the_child},
	{"request/not-initialised", not_initialised},
	{NULL},
};
