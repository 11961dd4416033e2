/* SPDX-License-Identifier: MIT */
/*
 * What statistics cost a guest that does nothing but take interrupts: they are
 * switched off and on in one VM while it runs. tests/slow/stat-cost makes
 * figures of it.
 *
 * By time: for each pair of some milliseconds without and with them a line with
 * the processor time, ns, that the thread took; at last how many interrupts
 * the guest took with them, how many of these they counted, how many they
 * timed, and how long a look at the clock takes. Their clock stands still while
 * they are off: they take times as often as a certain part of the time allows.
 *
 * By instructions: a number of interrupts, with calls between that callgrind
 * takes as the ends of parts.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kernel/irq-stats.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"
#include "kvm-host.h"
#include "tests/vmm/board.h"

#define RAM_SIZE   (16ull << 20)
#define BATCH      4000 /* as in bench/interrupts.c */
#define WARM_UP_NS 50e6

static struct {
	int gic;
	unsigned int pairs;
	unsigned int ms; /* of either side */
	bool null;       /* off against off: what the measure itself does */
	bool count;      /* not time, but instructions, for callgrind */
	const char *image;
} opts = {3, 40, 5, false, false, "bench/interrupts.bin"};

static char path[] = "/tmp/stat-cost.XXXXXX";
static int vm_fd, vcpu_fd;
static struct vm *vm;
static struct vcpu *vcpu;
static struct kvm_run *run;

static void die(const char *what)
{
	fprintf(stderr, "stat-cost: %s\n", what);
	unlink(path);
	exit(2);
}

static long ask(int fd, unsigned int cmd, void *arg, const char *what)
{
	long ret = KVM(fd, cmd, arg);

	if (ret < 0)
		die(what);
	return ret;
}

/* ---- switching ----------------------------------------------------------- */

/* What a VM has that keeps statistics. */
static struct {
	struct irq_stats *irq_stats;
	struct stat_vcpu *shown;
} kept;
static uint64_t stood; /* ns that the clock stood still */

static uint64_t clock_of(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static struct clock_ops clock_with_pauses;

static uint64_t now_with_pauses(struct clock *clock)
{
	return clock_host_ops.now(clock) - stood;
}

static void keep(bool on)
{
	vm->irq_stats = on ? kept.irq_stats : NULL;
	vcpu->shown = on ? kept.shown : NULL;
	vm->dev.tallied = on;
	vm_hear_steps_of(vm);
}

/* ---- the VM -------------------------------------------------------------- */

static void statistics_wanted(void)
{
	struct kernel_clock_options clock = KERNEL_CLOCK_DEFAULTS;

	close(mkstemp(path));
	clock.stat = path;
	if (kernel_set_clock(&clock))
		die("no statistics");
}

static void memory_make(void)
{
	char *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region slot = {.guest_phys_addr = BOARD_RAM,
						   .memory_size = RAM_SIZE,
						   .userspace_addr =
							   (uintptr_t)ram};
	int fd = open(opts.image, O_RDONLY);

	if (ram == MAP_FAILED || fd < 0 ||
	    read(fd, ram + (BOARD_ENTRY - BOARD_RAM), RAM_SIZE / 2) <= 0)
		die("no guest");
	close(fd);
	ask(vm_fd, KVM_SET_USER_MEMORY_REGION, &slot, "memory");
}

static void gic_attr(int fd, uint32_t group, uint64_t attr, uint64_t val)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)&val};

	ask(fd, KVM_SET_DEVICE_ATTR, &a, "the GIC's attributes");
}

static void gic_make(void)
{
	bool v3 = opts.gic == 3;
	struct kvm_create_device d = {.type = v3 ? KVM_DEV_TYPE_ARM_VGIC_V3
						 : KVM_DEV_TYPE_ARM_VGIC_V2};

	ask(vm_fd, KVM_CREATE_DEVICE, &d, "a GIC");
	gic_attr(d.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		 v3 ? KVM_VGIC_V3_ADDR_TYPE_DIST : KVM_VGIC_V2_ADDR_TYPE_DIST,
		 BOARD_GICD);
	gic_attr(d.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		 v3 ? KVM_VGIC_V3_ADDR_TYPE_REDIST : KVM_VGIC_V2_ADDR_TYPE_CPU,
		 v3 ? BOARD_GICR : BOARD_GICC);
	gic_attr(d.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		 0);
}

static void reg_set(unsigned int n, uint64_t val)
{
	struct kvm_one_reg reg = {0x6030000000100000ull + 2 * n,
				  (uintptr_t)&val};

	ask(vcpu_fd, KVM_SET_ONE_REG, &reg, "a register");
}

static void vm_make(void)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1 << KVM_ARM_VCPU_PSCI_0_2}};

	statistics_wanted();
	kvm_host_init();
	vm_fd = (int)ask(kvm_host_open(), KVM_CREATE_VM, NULL, "a VM");
	vcpu_fd = (int)ask(vm_fd, KVM_CREATE_VCPU, NULL, "a vCPU");
	run = kvm_host_pages(vcpu_fd);
	memory_make();
	ask(vcpu_fd, KVM_ARM_VCPU_INIT, &init, "KVM_ARM_VCPU_INIT");
	gic_make();
	reg_set(0, 1);
	reg_set(1, (uint64_t)opts.gic);
	reg_set(2, 0);
	reg_set(32, BOARD_ENTRY);
	vm = vm_of(kvm_host_get(vm_fd));
	vcpu = vcpu_of(kvm_host_get(vcpu_fd));
	clock_with_pauses = *vm->clock.ops;
	clock_with_pauses.now = now_with_pauses;
	vm->clock.ops = &clock_with_pauses;
	kept.irq_stats = vm->irq_stats;
	kept.shown = vcpu->shown;
	if (!kept.irq_stats || !kept.shown)
		die("no statistics");
}

/* ---- batches -------------------------------------------------------------- */

/* As many interrupts as bench/interrupts.c takes before it asks. */
static void guest_batch(void)
{
	const uint32_t go_on = 1;

	ask(vcpu_fd, KVM_RUN, NULL, "KVM_RUN");
	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.is_write ||
	    run->mmio.phys_addr != BOARD_TEST + TEST_SCRATCH)
		die("the guest left in another way");
	memcpy(run->mmio.data, &go_on, sizeof(go_on));
}

/* Processor time in ns of @batches. */
static double side(bool on, unsigned int batches)
{
	uint64_t wall = clock_of(CLOCK_MONOTONIC), start;

	keep(on);
	start = clock_of(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned int i = 0; i < batches; i++)
		guest_batch();
	start = clock_of(CLOCK_THREAD_CPUTIME_ID) - start;
	if (!on)
		stood += clock_of(CLOCK_MONOTONIC) - wall;
	return (double)start;
}

/* Of the host, ns. */
static double look_at_clock(void)
{
	const unsigned int n = 100000;
	uint64_t start = clock_of(CLOCK_THREAD_CPUTIME_ID);

	for (unsigned int i = 0; i < n; i++)
		clock_now(&vm->clock);
	return (double)(clock_of(CLOCK_THREAD_CPUTIME_ID) - start) / n;
}

/* What the statistics say of the guest's SGI. */
static const struct stat_irq *sgi(void)
{
	const char *head = (const char *)stat_file();
	const struct stat_vm *shown =
		(const void *)(head + stat_file()->first_vm);

	return (const void *)(head + shown->first_irq);
}

/*
 * Fill caches, spend what may be spent on the times of a short run; how many
 * batches take long enough.
 */
static unsigned int warm_up(void)
{
	double ns = 0;
	unsigned int n;

	for (n = 0; ns < WARM_UP_NS || n < 10; n++)
		ns += side(n & 1, 1);
	n = (unsigned int)(opts.ms * 1e6 / (ns / n));
	return n ? n : 1;
}

/* ---- counting ------------------------------------------------------------ */

#define COUNTED_BATCHES 5

static uint64_t clock_step;

/* While it stands still no times are taken, after those of a short run; when it
 * runs fast, those of all interrupts. */
static uint64_t now_by_calls(struct clock *clock)
{
	return stood += clock_step;
}

static void some_batches(bool on)
{
	keep(on);
	for (int i = 0; i < COUNTED_BATCHES; i++)
		guest_batch();
}

/* Here callgrind divides its count. */
void count_part(void);

__attribute__((noinline)) void count_part(void)
{
	__asm__ volatile("");
}

/*
 * Off, and if it is not that alone with all interrupts counted, and with all of
 * them timed, each after as much of the same that is not looked at. What looking at the clock takes is
 * not in it.
 */
static void count(void)
{
	clock_with_pauses.now = now_by_calls;
	for (unsigned int part = 0; part < (opts.null ? 1 : 3); part++) {
		if (part == 2) {
			clock_step = 1000000;
			irq_stats_idle(vcpu, stood + NS_PER_S);
		}
		some_batches(part > 0);
		count_part();
		some_batches(part > 0);
		count_part();
	}
	printf("%u\n", COUNTED_BATCHES * BATCH);
}

/* ---- measuring ----------------------------------------------------------- */

static void measure(void)
{
	unsigned int batches = warm_up();
	uint64_t counted = sgi()->tally.count;
	uint64_t timed = sgi()->latency[STAT_PEND_TO_ACK].count;

	for (unsigned int i = 0; i < opts.pairs; i++) {
		/* The first of two has no advantage on average. */
		bool on_first = i & 1;
		double a = side(on_first && !opts.null, batches);
		double b = side(!on_first && !opts.null, batches);

		printf("%.0f %.0f\n", on_first ? b : a, on_first ? a : b);
	}
	counted = sgi()->tally.count - counted;
	timed = sgi()->latency[STAT_PEND_TO_ACK].count - timed;
	printf("%llu %llu %llu %.1f\n",
	       (unsigned long long)opts.pairs * batches * BATCH,
	       (unsigned long long)counted, (unsigned long long)timed,
	       look_at_clock());
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "g:n:m:i:0c")) != -1) {
		switch (c) {
		case 'g': opts.gic = atoi(optarg); break;
		case 'n': opts.pairs = (unsigned int)atoi(optarg); break;
		case 'm': opts.ms = (unsigned int)atoi(optarg); break;
		case 'i': opts.image = optarg; break;
		case 'c': opts.count = true; break;
		case '0': opts.null = true; break;
		default: return 2;
		}
	}
	vm_make();
	if (opts.count)
		count();
	else
		measure();
	unlink(path);
	return 0;
}
