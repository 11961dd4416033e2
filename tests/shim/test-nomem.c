/* SPDX-License-Identifier: MIT */
/*
 * Every allocation of the model and of what embeds it fails once, and every
 * n-th: each request of a VMM's life then succeeds or says ENOMEM, the same
 * request succeeds afterwards, everything closes and nothing leaks. The real
 * kernel can't be asked this. The scenario is one life of a VM with all that
 * can be made in it.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#include "nomem.h"
#include "shim/embed.h"
#include "shim/fdtab.h"
#include "tests/a64.h"
#include "tests/check-main.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x100000ull
#define DIST     0x8000000ull
#define ITS      0x8080000ull
#define REDIST   0x80a0000ull
#define DOORBELL 0x9000000ull

/* What the ITS has in guest memory. */
#define DEVICES     0x40000
#define COLLECTIONS 0x50000
#define COMMANDS    0x60000
#define ITT         0x61000
#define LPI_CONFIG  0x62000
#define LPI_PENDING 0x70000

#define VALID (1ull << 63)
#define LPI   8192ull

static uint8_t *ram;
static bool lasting; /* failures go on: a request need not succeed in the end */

/*
 * One request. Fails the test unless it succeeds or an allocation failed; in
 * that case it is made again and must succeed, unless failures are lasting.
 * False: it did not succeed.
 */
static bool try(int fd, unsigned int cmd, const char *name, unsigned long arg,
		long *out)
{
	unsigned int failed, tries = 0;
	bool ours;
	long ret;

	do {
		failed = nomem_failed();
		nomem_arm(true);
		ours = embed_ioctl(fd, cmd, arg, &ret);
		nomem_arm(false);
		ck_assert(ours);
		if (out)
			*out = ret;
		if (ret >= 0)
			return true;
		/* As in Linux a VGIC without descriptor is there all the
		 * same. */
		if (tries && cmd == KVM_CREATE_DEVICE && ret == -EEXIST)
			return false;
		ck_assert_msg(ret == -ENOMEM && nomem_failed() != failed,
			      "%s: %ld, after %u of %u allocations failed, the "
			      "last for %p",
			      name, ret, nomem_failed(), nomem_seen(),
			      nomem_caller());
	} while (++tries < 8);
	ck_assert_msg(lasting, "%s: no end of ENOMEM", name);
	return false;
}

#define TRY(fd, cmd, arg) try(fd, cmd, #cmd, (unsigned long)(arg), NULL)

/* A request that makes a descriptor; -1: it failed. */
static int make(int fd, unsigned int cmd, const char *name, unsigned long arg)
{
	long ret;

	return try(fd, cmd, name, arg, &ret) ? (int)ret : -1;
}
#define MAKE(fd, cmd, arg) make(fd, cmd, #cmd, (unsigned long)(arg))

/* close_range() as the shim does it. */
static void close_fds(unsigned int first, unsigned int last)
{
	struct fdtab_closing c;

	nomem_arm(true);
	fdtab_close_begin(&c, first, last);
	nomem_arm(false);
	close_range(first, last, 0);
	nomem_arm(true);
	fdtab_close_end(&c);
	nomem_arm(false);
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close_fds(fd, fd);
}

static bool attr_set(int fd, uint32_t group, uint64_t attr, const void *val)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)val};

	return TRY(fd, KVM_SET_DEVICE_ATTR, &a);
}

static bool attr_set64(int fd, uint32_t group, uint64_t attr, uint64_t val)
{
	return attr_set(fd, group, attr, &val);
}

static int device(int vm, uint32_t type)
{
	struct kvm_create_device cd = {.type = type};

	return TRY(vm, KVM_CREATE_DEVICE, &cd) ? (int)cd.fd : -1;
}

static bool slot(int vm, uint32_t id, uint32_t flags, uint64_t gpa,
		 uint64_t size, void *host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size,
						(uintptr_t)host};

	return TRY(vm, KVM_SET_USER_MEMORY_REGION, &r);
}

/* ---- parts of the life; each leaves behind what it made ------------------ */

static void memory(int vm)
{
	uint64_t bits[RAM_SIZE / 0x1000 / 64];
	struct kvm_dirty_log log = {.slot = 1, .dirty_bitmap = bits};
	struct kvm_clear_dirty_log clear = {
		.slot = 1, .num_pages = 64, .dirty_bitmap = bits};

	slot(vm, 0, 0, RAM_BASE, RAM_SIZE, ram);
	if (!slot(vm, 1, 0, 0x80000000, RAM_SIZE, ram))
		return;
	if (slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, 0x80000000, RAM_SIZE, ram)) {
		TRY(vm, KVM_GET_DIRTY_LOG, &log);
		TRY(vm, KVM_CLEAR_DIRTY_LOG, &clear);
	}
	slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, 0x90000000, RAM_SIZE, ram);
	slot(vm, 1, 0, 0x90000000, RAM_SIZE, ram);
	slot(vm, 1, 0, 0x90000000, 0, ram);
}

static void ioeventfds(int vm, uint64_t addr)
{
	struct kvm_ioeventfd io = {.len = 4, .fd = eventfd(0, 0)};
	bool made[3];

	ck_assert_int_ge(io.fd, 0);
	for (unsigned int i = 0; i < 3; i++) {
		io.addr = addr + 4 * i;
		made[i] = TRY(vm, KVM_IOEVENTFD, &io);
	}
	io.flags = KVM_IOEVENTFD_FLAG_DEASSIGN;
	for (unsigned int i = 0; i < 3; i++) {
		io.addr = addr + 4 * i;
		if (made[i])
			TRY(vm, KVM_IOEVENTFD, &io);
	}
	close(io.fd);
}

static void zones(int vm)
{
	struct kvm_coalesced_mmio_zone z = {.size = 16};

	for (unsigned int i = 1; i < 4; i++) {
		z.addr = DOORBELL + i * 0x1000;
		TRY(vm, KVM_REGISTER_COALESCED_MMIO, &z);
	}
	for (unsigned int i = 1; i < 4; i++) {
		z.addr = DOORBELL + i * 0x1000;
		TRY(vm, KVM_UNREGISTER_COALESCED_MMIO, &z);
	}
}

/* False: there is none, a write to DOORBELL would leave KVM_RUN. */
static bool doorbell(int vm)
{
	struct kvm_ioeventfd io = {.len = 4, .addr = DOORBELL};
	bool made;

	io.fd = eventfd(0, 0);
	ck_assert_int_ge(io.fd, 0);
	made = TRY(vm, KVM_IOEVENTFD, &io);
	close(io.fd);
	return made;
}

/* At an address of its own each time: what could not be removed stays. */
static void buses(int vm, uint64_t addr)
{
	zones(vm);
	ioeventfds(vm, addr);
}

static void routes(int vm)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[2];
	} table = {.head.nr = 2,
		   .entry = {{.gsi = 1, .type = KVM_IRQ_ROUTING_IRQCHIP},
			     {.gsi = 2, .type = KVM_IRQ_ROUTING_MSI}}};
	struct kvm_irqfd irqfd = {.gsi = 5};

	TRY(vm, KVM_SET_GSI_ROUTING, &table);
	TRY(vm, KVM_SET_GSI_ROUTING, &table);
	irqfd.fd = eventfd(0, 0);
	irqfd.resamplefd = eventfd(0, 0);
	ck_assert_int_ge(irqfd.resamplefd, 0);
	for (unsigned int i = 0; i < 3; i++, irqfd.gsi++) {
		irqfd.flags = i == 1 ? KVM_IRQFD_FLAG_RESAMPLE : 0;
		if (!TRY(vm, KVM_IRQFD, &irqfd))
			continue;
		irqfd.flags = KVM_IRQFD_FLAG_DEASSIGN;
		if (i < 2)
			TRY(vm, KVM_IRQFD, &irqfd);
	}
	close(irqfd.fd);
	close(irqfd.resamplefd);
}

static int gic(int vm)
{
	uint64_t redist = 2ull << 52 | REDIST;
	int fd = device(vm, KVM_DEV_TYPE_ARM_VGIC_V3);

	if (fd >= 0 &&
	    attr_set64(fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		       KVM_VGIC_V3_ADDR_TYPE_DIST, DIST) &&
	    attr_set64(fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		       KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, redist) &&
	    attr_set(fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		     NULL))
		return fd;
	close_fd(fd);
	return -1;
}

static bool redist_reg(int gic, unsigned int off, uint64_t val)
{
	uint32_t half[2] = {val, val >> 32};

	return attr_set(gic, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, off, half) &&
	       (off == 0 || attr_set(gic, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS,
				     off + 4, half + 1));
}

static bool its_regs(int its, uint64_t enable)
{
	static const struct {
		unsigned int off;
		uint64_t val;
	} regs[] = {
		{0x80, VALID | (RAM_BASE + COMMANDS)},
		{0x100, VALID | (RAM_BASE + DEVICES)},
		{0x108, VALID | (RAM_BASE + COLLECTIONS)},
	};

	for (unsigned int i = 0; i < 3; i++)
		if (!attr_set64(its, KVM_DEV_ARM_VGIC_GRP_ITS_REGS, regs[i].off,
				regs[i].val))
			return false;
	return attr_set64(its, KVM_DEV_ARM_VGIC_GRP_ITS_REGS, 0, enable);
}

static unsigned int its_commands(void)
{
	const uint64_t cmd[][4] = {
		{0x09, 0, VALID},                                 /* MAPC 0 */
		{0x09, 0, VALID | 1 << 16 | 1},                   /* MAPC 1 */
		{0x08 | 7ull << 32, 4, VALID | (RAM_BASE + ITT)}, /* MAPD 7 */
		{0x0a | 7ull << 32, 0 | LPI << 32, 0},            /* MAPTI */
		{0x0a | 7ull << 32, 1 | (LPI + 1) << 32, 1},
		{0x0a | 7ull << 32, 2 | (LPI + 2) << 32, 1},
		{0x0f | 7ull << 32, 1}, /* DISCARD */
		{0x03 | 7ull << 32, 0}, /* INT */
	};

	memcpy(ram + COMMANDS, cmd, sizeof(cmd));
	memset(ram + LPI_CONFIG, 1, 16);
	return sizeof(cmd);
}

static int its(int vm, int gic)
{
	int fd = device(vm, KVM_DEV_TYPE_ARM_VGIC_ITS);

	if (fd >= 0 &&
	    attr_set64(fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE,
		       ITS) &&
	    attr_set(fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		     NULL) &&
	    redist_reg(gic, 0x70, RAM_BASE + LPI_CONFIG + 15) &&
	    redist_reg(gic, 0x78, RAM_BASE + LPI_PENDING) &&
	    redist_reg(gic, 0, 1) && its_regs(fd, 1))
		return fd;
	close_fd(fd);
	return -1;
}

static void its_migrate(int its)
{
	uint32_t group = KVM_DEV_ARM_VGIC_GRP_CTRL;

	if (attr_set(its, group, KVM_DEV_ARM_ITS_SAVE_TABLES, NULL) &&
	    attr_set(its, group, KVM_DEV_ARM_ITS_CTRL_RESET, NULL) &&
	    its_regs(its, 0))
		attr_set(its, group, KVM_DEV_ARM_ITS_RESTORE_TABLES, NULL);
}

static bool reg_set(int vcpu, uint64_t id, uint64_t val)
{
	struct kvm_one_reg reg = {id, (uintptr_t)&val};

	return TRY(vcpu, KVM_SET_ONE_REG, &reg);
}
#define REG_X(n) (0x6030000000100000ull + 2 * (n))
#define REG_PC   0x6030000000100040ull

/* Rings a doorbell, sends ITS commands, starts a timer, turns itself off. */
static void run(int vm, int vcpu, unsigned int commands)
{
	static const uint32_t code[] = {
		ASM_STR_W(31, 0),
		ASM_STR(3, 2),
		ASM_MSR(SYSREG_ENC(3, 3, 14, 3, 2), 4), /* CNTV_CVAL_EL0 */
		ASM_MSR(SYSREG_ENC(3, 3, 14, 3, 1), 5), /* CNTV_CTL_EL0 */
		ASM_MOVZ(0, 0x8400, 1),
		ASM_MOVK(0, 8, 0),
		ASM_HVC(0),
	};
	struct kvm_run *run =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	uint64_t bell = doorbell(vm) ? DOORBELL : RAM_BASE + 0x8000;

	ck_assert_ptr_ne(run, MAP_FAILED);
	memcpy(ram, code, sizeof(code));
	if (reg_set(vcpu, REG_PC, RAM_BASE) && reg_set(vcpu, REG_X(0), bell) &&
	    reg_set(vcpu, REG_X(2),
		    commands ? ITS + 0x88 : RAM_BASE + 0x8000) &&
	    reg_set(vcpu, REG_X(3), commands) &&
	    reg_set(vcpu, REG_X(4), UINT64_MAX / 2) &&
	    reg_set(vcpu, REG_X(5), 1) && TRY(vcpu, KVM_RUN, 0))
		ck_assert_uint_eq(run->exit_reason, KVM_EXIT_SYSTEM_EVENT);
	munmap(run, 4096);
}

static void debug(int vcpu)
{
	struct kvm_guest_debug dbg = {.control = KVM_GUESTDBG_ENABLE |
						 KVM_GUESTDBG_SINGLESTEP};

	TRY(vcpu, KVM_SET_GUEST_DEBUG, &dbg);
	dbg.control = 0;
	TRY(vcpu, KVM_SET_GUEST_DEBUG, &dbg);
}

static void filter(int vm)
{
	struct kvm_smccc_filter f = {.base = 0x84001000,
				     .nr_functions = 4,
				     .action = KVM_SMCCC_FILTER_DENY};

	for (unsigned int i = 0; i < 2; i++, f.base += 0x1000)
		attr_set(vm, KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER,
			 &f);
}

/* Before there are slots and vCPUs, whose rings are allocations. */
static void rings(int vm)
{
	struct kvm_enable_cap ring = {.cap = KVM_CAP_DIRTY_LOG_RING_ACQ_REL,
				      .args = {4096}};
	struct kvm_enable_cap bitmap = {
		.cap = KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP};

	if (TRY(vm, KVM_ENABLE_CAP, &ring))
		TRY(vm, KVM_ENABLE_CAP, &bitmap);
}

/* False: the vCPUs cannot run. */
static bool pmu(const int *vcpu)
{
	struct kvm_pmu_event_filter f = {.base_event = 8, .nevents = 4};
	uint32_t irq = 23;

	for (unsigned int i = 0; i < 2; i++) {
		attr_set(vcpu[i], KVM_ARM_VCPU_PMU_V3_CTRL,
			 KVM_ARM_VCPU_PMU_V3_FILTER, &f);
		if (!attr_set(vcpu[i], KVM_ARM_VCPU_PMU_V3_CTRL,
			      KVM_ARM_VCPU_PMU_V3_IRQ, &irq) ||
		    !attr_set(vcpu[i], KVM_ARM_VCPU_PMU_V3_CTRL,
			      KVM_ARM_VCPU_PMU_V3_INIT, NULL))
			return false;
	}
	return true;
}

/* A descriptor, and another of the same pages. */
static int stats(int owner)
{
	int fd = MAKE(owner, KVM_GET_STATS_FD, 0);

	close_fd(MAKE(owner, KVM_GET_STATS_FD, 0));
	return fd;
}

/* ---- the life ------------------------------------------------------------ */

static void with_vcpus(int vm, const int *vcpu)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1 << KVM_ARM_VCPU_PSCI_0_2 |
						  1 << KVM_ARM_VCPU_PMU_V3}};
	int gic_fd, its_fd, stats_fd;

	for (unsigned int i = 0; i < 2; i++) {
		ck_assert(TRY(vcpu[i], KVM_ARM_VCPU_INIT, &init));
		debug(vcpu[i]);
	}
	gic_fd = gic(vm);
	if (gic_fd < 0)
		return;
	routes(vm);
	its_fd = its(vm, gic_fd);
	buses(vm, DOORBELL + 0x200);
	if (pmu(vcpu))
		run(vm, vcpu[0], its_fd >= 0 ? its_commands() : 0);
	if (its_fd >= 0)
		its_migrate(its_fd);
	close_fd(stats(vm));
	stats_fd = stats(vcpu[0]);
	memory(vm);
	TRY(vm, KVM_RESET_DIRTY_RINGS, 0);
	buses(vm, DOORBELL + 0x300);
	close_fd(stats_fd);
	close_fd(its_fd);
	close_fd(gic_fd);
}

static void with_vm(int vm)
{
	int vcpu[2] = {-1, -1}, vfio;

	filter(vm);
	rings(vm);
	memory(vm);
	buses(vm, DOORBELL + 0x400);
	vcpu[0] = MAKE(vm, KVM_CREATE_VCPU, 0);
	if (vcpu[0] >= 0)
		vcpu[1] = MAKE(vm, KVM_CREATE_VCPU, 1);
	if (vcpu[1] >= 0)
		with_vcpus(vm, vcpu);
	vfio = device(vm, KVM_DEV_TYPE_VFIO);
	close_fd(vfio);
	close_fd(vcpu[0]);
	close_fd(vcpu[1]);
}

static int open_kvm(void)
{
	unsigned int failed, tries = 0;
	long fd;

	do {
		failed = nomem_failed();
		nomem_arm(true);
		fd = embed_open(O_CLOEXEC);
		nomem_arm(false);
		if (fd >= 0)
			return fd;
		ck_assert_int_eq(fd, -ENOMEM);
		ck_assert_uint_ne(nomem_failed(), failed);
	} while (++tries < 8);
	ck_assert(lasting);
	return -1;
}

static void life(void)
{
	int sys = open_kvm();
	int vm = sys >= 0 ? MAKE(sys, KVM_CREATE_VM, 0) : -1;

	if (vm >= 0)
		with_vm(vm);
	close_fd(vm);
	close_fd(sys);
	ck_assert(!fdtab_in_use());
}

/* Blocks that stay as long as the process does, from the first life on. */
static int *lasting_blocks;

enum { LIFE_FAILED = 10, LIFE_UNHARMED };

/* A life with failures as planned, then one that makes what is left to make. */
static int life_planned(unsigned int at, unsigned int every)
{
	const void *caller;
	unsigned int failed;

	nomem_plan(at, every);
	lasting = every != 0;
	life();
	failed = nomem_failed();
	caller = nomem_caller();
	nomem_plan(0, 0);
	lasting = false;
	memset(ram, 0, RAM_SIZE);
	life();
	if (!at && !every)
		*lasting_blocks = nomem_live();
	ck_assert_msg(nomem_live() == *lasting_blocks,
		      "%d blocks, not %d, are left after allocation %u failed "
		      "for %p",
		      nomem_live(), *lasting_blocks, at, caller);
	return failed ? LIFE_FAILED : LIFE_UNHARMED;
}

/* In a process of its own, so that nothing is there yet. False: no allocation
 * was the one that should fail. */
static bool life_with(unsigned int at, unsigned int every)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(life_planned(at, every));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) >= LIFE_FAILED,
		      "status %#x, allocation %u, each %u", status, at, every);
	return WEXITSTATUS(status) == LIFE_FAILED;
}

START_TEST(each_once)
{
	unsigned int at = 1;

	life_with(0, 0);
	while (life_with(at, 0))
		at++;
	ck_assert_uint_gt(at, 90);
}
END_TEST

START_TEST(every_nth)
{
	life_with(0, 0);
	for (unsigned int n = 1; n < 60; n++)
		ck_assert(life_with(0, n));
}
END_TEST

/* All descriptors are closed at once, and there is no memory to list them. */
START_TEST(close_all)
{
	int first = open_kvm(), vm = MAKE(first, KVM_CREATE_VM, 0);
	int last = vm;

	for (unsigned int id = 0; id < 12; id++)
		last = MAKE(vm, KVM_CREATE_VCPU, id);
	ck_assert_int_ge(last - first, 13);
	nomem_plan(0, 1);
	close_fds(first, last);
	ck_assert_uint_gt(nomem_failed(), 0);
	ck_assert(!fdtab_in_use());
	ck_assert_int_eq(nomem_live(), 0);
}
END_TEST

static void setup(void)
{
	embed_init();
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(ram, MAP_FAILED);
	lasting_blocks = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(lasting_blocks, MAP_FAILED);
}

static Suite *nomem_suite(void)
{
	Suite *s = suite_create("nomem");
	TCase *c = tcase_create("nomem");

	tcase_add_unchecked_fixture(c, setup, NULL);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, each_once);
	tcase_add_test(c, every_nth);
	tcase_add_test(c, close_all);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	return check_run(srunner_create(nomem_suite()));
}
