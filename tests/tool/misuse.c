/* SPDX-License-Identifier: MIT */
/*
 * A VMM that does one thing wrong, or nearly: what tests/tool/check-misuse wants
 * a warning of, and what it does not.
 *
 *   misuse CASE [PATH]    ends with status 0 if the KVM answered as expected
 */
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#include "tests/abi/abi.h"

#undef ioctl

/* ---- what tests/abi/vm.c wants of its harness ---------------------------- */

int abi_ioctl(int fd, unsigned long request, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, request);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	return ioctl(fd, request, arg);
}

void abi_give_up(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, what, strerror(errno));
	exit(1);
}

void abi_skip(const char *why)
{
	fprintf(stderr, "skipped: %s\n", why);
	exit(77);
}

long abi_answers(const char *file, int line, long ret, int want,
		 const char *what)
{
	if (want ? ret >= 0 || errno != want : ret < 0)
		abi_give_up(file, line, what);
	return ret;
}

void abi_equal(const char *file, int line, uint64_t got, uint64_t want,
	       const char *what)
{
	if (got != want)
		abi_give_up(file, line, what);
}

static const char *path; /* an argument of some cases */

/* ---- answers ------------------------------------------------------------- */

static void reads_begin(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	GUEST(v, 0x1000, ASM_LDR(0, 1), ASM_B(-1));
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
}

static void unanswered(void)
{
	struct abi_vm v;

	reads_begin(&v);
	memset(v.run->mmio.data, 0x5a, 8);
	for (int i = 0; i < 4; i++)
		NEED(abi_run(&v) == KVM_EXIT_MMIO);
	/* The guest reads what stood there before. */
	abi_run_nothing(&v);
	NEED(reg_get(v.vcpu, REG_X(0)) == 0x5a5a5a5a5a5a5a5a);
}

static void answered(void)
{
	struct abi_vm v;

	reads_begin(&v);
	for (int i = 0; i < 20; i++) {
		NEED(abi_run(&v) == KVM_EXIT_MMIO);
		memset(v.run->mmio.data, 0, 8);
	}
}

/* Bytes of all values, in no order: none is taken for no answer. */
static void answered_bytes(void)
{
	uint8_t answer = 0, before;
	uint32_t state = 1;
	struct abi_vm v;

	reads_begin(&v);
	GUEST(&v, 0x1000, ASM_LDRB(0, 1), ASM_B(-1));
	for (unsigned int i = 0; i < 4096; i++) {
		before = answer;
		state = state * 1103515245 + 12345;
		answer = state >> 16;
		NEED(abi_run(&v) == KVM_EXIT_MMIO);
		NEED(!i || reg_get(v.vcpu, REG_X(0)) == before);
		v.run->mmio.data[0] = answer;
	}
}

/* ---- threads ------------------------------------------------------------- */

static void *run_once(void *v)
{
	NEED(abi_run(v) == KVM_EXIT_MMIO);
	memset(((struct abi_vm *)v)->run->mmio.data, 1, 8);
	return NULL;
}

static void in_thread(struct abi_vm *v, void *(*what)(void *))
{
	pthread_t thread;

	NEED(!pthread_create(&thread, NULL, what, v));
	NEED(!pthread_join(thread, NULL));
}

static void two_threads(void)
{
	struct abi_vm v;

	reads_begin(&v);
	run_once(&v);
	in_thread(&v, run_once);
}

static void *run_twice(void *v)
{
	run_once(v);
	return run_once(v);
}

static void one_thread(void)
{
	struct abi_vm v;

	reads_begin(&v);
	in_thread(&v, run_twice);
}

/* ---- the GIC and what is around it --------------------------------------- */

static void gic_begin(struct abi_vm *v)
{
	abi_vm_open(v, ABI_GICV3);
	GUEST(v, 0x1000, ASM_LDR(0, 1), ASM_B(-1));
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
}

static void slot_at(struct abi_vm *v, uint64_t gpa)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 1,
		.guest_phys_addr = gpa,
		.memory_size = 0x10000,
		.userspace_addr = (uintptr_t)v->ram,
	};

	NEED(ioctl(v->vm, KVM_SET_USER_MEMORY_REGION, &slot) == 0);
}

static void slot_over_frame(void)
{
	struct abi_vm v;

	gic_begin(&v);
	run_once(&v);
	slot_at(&v, GUEST_GICD);
}

static void slot_below_frame(void)
{
	struct abi_vm v;

	gic_begin(&v);
	run_once(&v);
	slot_at(&v, GUEST_GICD - 0x10000);
}

static void frame_over_slot(void)
{
	struct abi_vm v;

	gic_begin(&v);
	slot_at(&v, GUEST_GICD);
	run_once(&v);
}

static void frame_beside_slot(void)
{
	struct abi_vm v;

	gic_begin(&v);
	slot_at(&v, GUEST_GICD + 0x10000);
	run_once(&v);
}

static void late_vcpu(void)
{
	struct abi_vm v;

	gic_begin(&v);
	run_once(&v);
	NEED(ioctl(v.vm, KVM_CREATE_VCPU, 1) < 0 && errno == EBUSY);
}

/* As wrong, but no vCPU has run: the errno says it all. */
static void early_vcpu(void)
{
	struct abi_vm v;

	gic_begin(&v);
	NEED(ioctl(v.vm, KVM_CREATE_VCPU, 1) < 0 && errno == EBUSY);
}

static int redist_get(uint64_t affinity)
{
	struct abi_vm v;
	uint32_t val;

	gic_begin(&v);
	return abi_attr(v.gic, KVM_GET_DEVICE_ATTR,
			KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, affinity << 32, &val);
}

static void mpidr_unknown(void)
{
	NEED(redist_get(5) < 0 && errno == EINVAL);
}

static void mpidr_known(void)
{
	NEED(redist_get(0) == 0);
}

/* ---- interrupts ---------------------------------------------------------- */

static void route(uint32_t pin)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[1];
	} table = {
		.head.nr = 1,
		.entry = {{.gsi = 3,
			   .type = KVM_IRQ_ROUTING_IRQCHIP,
			   .u.irqchip.pin = pin}},
	};
	struct abi_vm v;

	gic_begin(&v);
	NEED(ioctl(v.vm, KVM_SET_GSI_ROUTING, &table) == 0);
}

/* The GIC has 96 interrupts: 64 pins. */
static void route_nowhere(void)
{
	route(64);
}

static void route_last(void)
{
	route(63);
}

#define GSI 5

static void irqfd_signal(bool enabled)
{
	struct kvm_irqfd irqfd = {.gsi = GSI};
	uint64_t one = 1;
	struct abi_vm v;

	gic_begin(&v);
	if (enabled)
		abi_dist_set(&v, 0x104, 1u << GSI); /* GICD_ISENABLER1 */
	irqfd.fd = eventfd(0, 0);
	NEED(ioctl(v.vm, KVM_IRQFD, &irqfd) == 0);
	for (int i = 0; i < 80; i++) {
		NEED(write(irqfd.fd, &one, 8) == 8);
		NEED(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) == 1);
	}
	run_once(&v);
}

static void irqfd_unheard(void)
{
	irqfd_signal(false);
}

static void irqfd_heard(void)
{
	irqfd_signal(true);
}

static void irqfd_nowhere(void)
{
	struct kvm_irqfd irqfd = {.gsi = 64, .fd = eventfd(0, 0)};
	struct abi_vm v;

	gic_begin(&v);
	NEED(ioctl(v.vm, KVM_IRQFD, &irqfd) == 0);
}

/* ---- the ITS ------------------------------------------------------------- */

#define VALID (1ull << 63)

static void its(uint64_t tables)
{
	static const uint32_t regs = KVM_DEV_ARM_VGIC_GRP_ITS_REGS;
	uint64_t base = 0x08080000, cbaser = VALID | tables,
		 devices = VALID | (tables + 0x10000),
		 collections = VALID | (tables + 0x20000), on = 1;
	struct abi_vm v;
	int fd;

	gic_begin(&v);
	fd = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
	NEED(!abi_attr(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		       KVM_VGIC_ITS_ADDR_TYPE, &base));
	NEED(!abi_attr(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		       KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	NEED(!abi_attr(fd, KVM_SET_DEVICE_ATTR, regs, 0x80, &cbaser));
	NEED(!abi_attr(fd, KVM_SET_DEVICE_ATTR, regs, 0x100, &devices));
	NEED(!abi_attr(fd, KVM_SET_DEVICE_ATTR, regs, 0x108, &collections));
	NEED(!abi_attr(fd, KVM_SET_DEVICE_ATTR, regs, 0, &on));
}

/* The queue is the memory's last 64 KiB, the tables are behind. */
static void its_outside(void)
{
	its(GUEST_BASE + GUEST_SIZE - 0x10000);
}

static void its_inside(void)
{
	its(GUEST_BASE + GUEST_SIZE - 0x30000);
}

/* ---- code ---------------------------------------------------------------- */

static void code_run(bool cleaned, bool by_vmm)
{
	const uint32_t word = ASM_MOVZ(0, 2, 0);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	/* 0x1000: call 0x2000, read; write there; call it again, read. */
	GUEST(&v, 0x2000, ASM_MOVZ(0, 1, 0), ASM_RET);
	if (cleaned)
		GUEST(&v, 0x1000, ASM_BLR(2), ASM_LDR(5, 1), ASM_STR_W(3, 2),
		      ASM_DSB, ASM_IC_IALLU, ASM_DSB, ASM_ISB, ASM_BLR(2),
		      ASM_LDR(5, 1), ASM_BLR(2), ASM_LDR(5, 1), ASM_B_SELF);
	else
		GUEST(&v, 0x1000, ASM_BLR(2), ASM_LDR(5, 1), ASM_STR_W(3, 2),
		      ASM_DSB, ASM_NOP, ASM_DSB, ASM_ISB, ASM_BLR(2),
		      ASM_LDR(5, 1), ASM_BLR(2), ASM_LDR(5, 1), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(1), GUEST_MMIO);
	reg_set(v.vcpu, REG_X(2), GUEST_BASE + 0x2000);
	reg_set(v.vcpu, REG_X(3), word);
	run_once(&v);
	run_once(&v);
	abi_run_nothing(&v);
	if (by_vmm)
		reg_set(v.vcpu, REG_X(5), 0);
	/* After a KVM_RUN that a signal ended the model looks at it again. */
	run_once(&v);
}

static void code_stale(void)
{
	code_run(false, false);
}

static void code_cleaned(void)
{
	code_run(true, false);
}

/* It could be the VMM that wrote the code. */
static void code_by_vmm(void)
{
	code_run(false, true);
}

/* A register that no core has: the instruction is told as Capstone has it. */
static void undefined(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0x2200, ASM_LDR(5, 1), ASM_B_SELF);
	GUEST(&v, 0x1000, ASM_MRS(3, SYSREG_ENC(3, 0, 15, 0, 0)), ASM_B_SELF);
	reg_set(v.vcpu, REG_VBAR, GUEST_BASE + 0x2000);
	reg_set(v.vcpu, REG_X(1), GUEST_MMIO);
	run_once(&v);
}

/* ---- where no memory is -------------------------------------------------- */

/* Any synchronous exception ends in KVM_EXIT_MMIO. */
static void vectors_begin(struct abi_vm *v)
{
	abi_vm_open(v, ABI_NO_GIC);
	GUEST(v, 0x2200, ASM_LDR(5, 1), ASM_B_SELF);
	reg_set(v->vcpu, REG_VBAR, GUEST_BASE + 0x2000);
	reg_set(v->vcpu, REG_X(1), GUEST_MMIO);
}

/* Some instructions of a guest that never ends. */
static void run_stepped(struct abi_vm *v)
{
	struct kvm_guest_debug step = {.control = KVM_GUESTDBG_ENABLE |
						  KVM_GUESTDBG_SINGLESTEP};

	NEED(ioctl(v->vcpu, KVM_SET_GUEST_DEBUG, &step) == 0);
	for (int i = 0; i < 5; i++)
		NEED(abi_run(v) == KVM_EXIT_DEBUG);
}

static void fetch_nowhere(void)
{
	struct abi_vm v;

	vectors_begin(&v);
	reg_set(v.vcpu, REG_PC, GUEST_BASE + GUEST_SIZE);
	run_once(&v);
}

/* The first instruction is UDF; neither the vector is in memory. */
static void vector_nowhere(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0x1000, 0);
	run_stepped(&v);
}

static void table_nowhere(void)
{
	struct abi_vm v;

	vectors_begin(&v);
	GUEST(&v, 0x1000, ASM_MSR(SYSREG_ENC(3, 0, 1, 0, 0), 2), ASM_ISB,
	      ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), 1);                /* SCTLR_EL1.M */
	reg_set(v.vcpu, REG_SYS(3, 0, 2, 0, 2), 25); /* TCR_EL1.T0SZ */
	reg_set(v.vcpu, REG_SYS(3, 0, 2, 0, 0), GUEST_BASE + GUEST_SIZE);
	run_stepped(&v);
}

/* KVM_CREATE_VM was given 0: 40 bits. */
static void access_ipa(uint64_t gpa)
{
	struct abi_vm v;

	vectors_begin(&v);
	GUEST(&v, 0x1000, ASM_LDR(0, 2), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(2), gpa);
	run_once(&v);
}

static void beyond_ipa(void)
{
	access_ipa(1ull << 40);
}

static void below_ipa(void)
{
	access_ipa((1ull << 40) - 8);
}

/* ---- /dev/kvm ------------------------------------------------------------ */

/* PATH is a node of /dev/kvm's numbers. */
static void host_kvm(void)
{
	NEED(abi_raw(SYS_openat, AT_FDCWD, path, O_PATH, 0, 0, 0) >= 0);
}

static void by_fopen(void)
{
	FILE *f = fopen("/dev/kvm", "r+"), *none;

	NEED(f && ioctl(fileno(f), KVM_GET_API_VERSION, 0) == 12);
	NEED(ioctl(fileno(f), KVM_CREATE_VM, 0) >= 0);
	NEED(!fclose(f));
	none = fopen("/nonexistent/kvm", "r");
	NEED(!none && errno == ENOENT);
	f = fopen64(path, "r");
	NEED(f && fgetc(f) != EOF && !fclose(f));
}

static void killed(void)
{
	two_threads();
	raise(SIGTERM);
}

/* Refused, and no warning: a line of the log at info. */
static void refused(void)
{
	struct kvm_userspace_memory_region slot = {.guest_phys_addr = 0x1234,
						   .memory_size = 0x1000};
	struct abi_vm v;

	abi_vm_bare(&v);
	NEED(ioctl(v.vm, KVM_SET_USER_MEMORY_REGION, &slot) < 0);
}

/* x86's KVM_GET_REGS. */
static void other_header(void)
{
	uint64_t regs[18];
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	NEED(ioctl(v.vcpu, 0x8090ae81, regs) < 0 && errno == EINVAL);
}

/* What is not KVM's, an eventfd among it, and what is not open. */
static void not_kvm(void)
{
	struct kvm_device_attr attr = {0};
	struct abi_vm v;

	gic_begin(&v);
	NEED(dup2(open(path, O_RDONLY), 98) == 98);
	NEED(dup2(eventfd(0, 0), 97) == 97);
	NEED(ioctl(98, KVM_SET_DEVICE_ATTR, &attr) < 0 && errno == ENOTTY);
	NEED(ioctl(97, KVM_RUN, 0) < 0 && errno == ENOTTY);
	NEED(ioctl(96, KVM_RUN, 0) < 0 && errno == EBADF);
	NEED(ioctl(-1, KVM_RUN, 0) < 0 && errno == EBADF);
}

static void no_eventfd(void)
{
	struct kvm_irqfd irqfd = {.fd = dup2(open(path, O_RDONLY), 99)};
	struct abi_vm v;

	gic_begin(&v);
	NEED(ioctl(v.vm, KVM_IRQFD, &irqfd) < 0 && errno == EINVAL);
}

static void no_route(void)
{
	struct kvm_irqfd irqfd = {.gsi = GSI, .fd = eventfd(0, 0)};
	struct kvm_irq_routing none = {.nr = 0};
	uint64_t one = 1;
	struct abi_vm v;

	gic_begin(&v);
	NEED(ioctl(v.vm, KVM_SET_GSI_ROUTING, &none) == 0);
	NEED(ioctl(v.vm, KVM_IRQFD, &irqfd) == 0);
	NEED(write(irqfd.fd, &one, 8) == 8);
	NEED(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) == 1);
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{"unanswered", unanswered},
	{"answered", answered},
	{"answered-bytes", answered_bytes},
	{"two-threads", two_threads},
	{"one-thread", one_thread},
	{"slot-over-frame", slot_over_frame},
	{"slot-below-frame", slot_below_frame},
	{"frame-over-slot", frame_over_slot},
	{"frame-beside-slot", frame_beside_slot},
	{"late-vcpu", late_vcpu},
	{"early-vcpu", early_vcpu},
	{"mpidr-unknown", mpidr_unknown},
	{"mpidr-known", mpidr_known},
	{"route-nowhere", route_nowhere},
	{"route-last", route_last},
	{"irqfd-unheard", irqfd_unheard},
	{"irqfd-heard", irqfd_heard},
	{"irqfd-nowhere", irqfd_nowhere},
	{"its-outside", its_outside},
	{"its-inside", its_inside},
	{"code-stale", code_stale},
	{"code-cleaned", code_cleaned},
	{"code-by-vmm", code_by_vmm},
	{"undefined", undefined},
	{"fetch-nowhere", fetch_nowhere},
	{"vector-nowhere", vector_nowhere},
	{"table-nowhere", table_nowhere},
	{"beyond-ipa", beyond_ipa},
	{"below-ipa", below_ipa},
	{"host-kvm", host_kvm},
	{"fopen", by_fopen},
	{"killed", killed},
	{"refused", refused},
	{"other-header", other_header},
	{"not-kvm", not_kvm},
	{"no-eventfd", no_eventfd},
	{"no-route", no_route},
};

int main(int argc, char **argv)
{
	path = argc > 2 ? argv[2] : "/";
	for (size_t i = 0; argc > 1 && i < ROWS(cases); i++) {
		if (strcmp(argv[1], cases[i].name))
			continue;
		cases[i].run();
		return 0;
	}
	return 2;
}
