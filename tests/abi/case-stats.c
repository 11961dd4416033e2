/* SPDX-License-Identifier: MIT */
/*
 * Statistics of vCPUs and VMs (KVM_GET_STATS_FD): which there are, in which
 * order and units, that they are live, and what is counted when.
 */
#include "abi.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#define NS   (KVM_STATS_UNIT_SECONDS | KVM_STATS_BASE_POW10)
#define HIST (KVM_STATS_TYPE_LOG_HIST | NS)

struct want {
	const char *name;
	uint32_t flags;
	int16_t exponent;
	uint16_t size;
};

static const struct want vm_wants[] = {
	{"remote_tlb_flush", 0, 0, 1},
	{"remote_tlb_flush_requests", 0, 0, 1},
	{NULL},
};

static const struct want vcpu_wants[] = {
	{"halt_successful_poll", 0, 0, 1},
	{"halt_attempted_poll", 0, 0, 1},
	{"halt_poll_invalid", 0, 0, 1},
	{"halt_wakeup", 0, 0, 1},
	{"halt_poll_success_ns", NS, -9, 1},
	{"halt_poll_fail_ns", NS, -9, 1},
	{"halt_wait_ns", NS, -9, 1},
	{"halt_poll_success_hist", HIST, -9, 32},
	{"halt_poll_fail_hist", HIST, -9, 32},
	{"halt_wait_hist", HIST, -9, 32},
	{"blocking", KVM_STATS_TYPE_INSTANT | KVM_STATS_UNIT_BOOLEAN, 0, 1},
	{"hvc_exit_stat", 0, 0, 1},
	{"wfe_exit_stat", 0, 0, 1},
	{"wfi_exit_stat", 0, 0, 1},
	{"mmio_exit_user", 0, 0, 1},
	{"mmio_exit_kernel", 0, 0, 1},
	{"signal_exits", 0, 0, 1},
	{"exits", 0, 0, 1},
	{NULL},
};

static void check_stats(int owner, const struct want *want, const char *id)
{
	struct kvm_stats_header h;
	struct kvm_stats_desc d;
	uint32_t n = 0, offset = 0;
	char name[64] = "";
	int fd = (int)OK(ioctl(owner, KVM_GET_STATS_FD, 0));
	off_t end;

	NEED(pread(fd, &h, sizeof(h), 0) == sizeof(h));
	EQUAL(h.flags, 0);
	EQUAL(h.name_size, 48);
	EQUAL(h.id_offset, sizeof(h));
	EQUAL(h.desc_offset, sizeof(h) + 48);
	NEED(pread(fd, name, 48, h.id_offset) == 48);
	CHECK(!strncmp(name, "kvm-", 4));
	CHECK(!strcmp(strchr(name, '/') ? strchr(name, '/') : "", id));
	for (; want[n].name; n++) {
		off_t at = h.desc_offset + n * (sizeof(d) + 48);

		NEED(pread(fd, &d, sizeof(d), at) == sizeof(d));
		NEED(pread(fd, name, 48, at + sizeof(d)) == 48);
		CHECK(!strcmp(name, want[n].name));
		EQUAL(d.flags, want[n].flags);
		EQUAL((uint16_t)d.exponent, (uint16_t)want[n].exponent);
		EQUAL(d.size, want[n].size);
		EQUAL(d.offset, offset);
		EQUAL(d.bucket_size, 0);
		offset += d.size * 8;
	}
	EQUAL(h.num_desc, n);
	EQUAL(h.data_offset, h.desc_offset + n * (sizeof(d) + 48));
	end = h.data_offset + offset;
	EQUAL(pread(fd, name, 8, end - 8), 8);
	EQUAL(pread(fd, name, 16, end - 8), 8);
	EQUAL(pread(fd, name, 8, end), 0);
	close(fd);
}

static void descriptors(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	check_stats(v.vm, vm_wants, "");
	check_stats(v.vcpu, vcpu_wants, "/vcpu-0");
	check_stats(abi_vcpu(&v, 5, NULL), vcpu_wants, "/vcpu-5");
}

/* ---- live ---------------------------------------------------------------- */

/* Values of the vCPU's statistics by place in vcpu_wants. */
enum {
	SUCCESSFUL,
	ATTEMPTED,
	INVALID,
	WAKEUP,
	SUCCESS_NS,
	FAIL_NS,
	WAIT_NS,
	SUCCESS_HIST,
	FAIL_HIST,
	WAIT_HIST,
	BLOCKING,
	HVC,
	WFE,
	WFI,
	MMIO_USER,
	MMIO_KERNEL,
	SIGNALS,
	EXITS,
};

struct stats {
	int fd;
	off_t data;
};

static void stats_open(struct stats *s, int owner)
{
	struct kvm_stats_header h;

	s->fd = (int)OK(ioctl(owner, KVM_GET_STATS_FD, 0));
	NEED(pread(s->fd, &h, sizeof(h), 0) == sizeof(h));
	s->data = h.data_offset;
}

/* The value, of a histogram the sum of its buckets. */
static uint64_t stat_get(const struct stats *s, unsigned int which)
{
	uint64_t val[32], sum = 0;
	off_t at = s->data;
	size_t size = vcpu_wants[which].size;

	for (unsigned int i = 0; i < which; i++)
		at += vcpu_wants[i].size * 8;
	NEED(pread(s->fd, val, size * 8, at) == (ssize_t)size * 8);
	for (unsigned int i = 0; i < size; i++)
		sum += val[i];
	return sum;
}

/* In some time, of a vCPU that runs. */
static bool stat_becomes(const struct stats *s, unsigned int which,
			 uint64_t at_least)
{
	struct timespec pause = {.tv_nsec = 1000000};

	for (int i = 0; i < 15000; i++) {
		if (stat_get(s, which) >= at_least)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void *runs(void *arg)
{
	struct abi_vm *v = arg;

	while (ioctl(v->vcpu, KVM_RUN, 0) == 0)
		;
	CHECK(errno == EINTR);
	return NULL;
}

static void ignore(int sig)
{
}

/* A vCPU that runs in a thread until it is told to stop. */
static pthread_t start(struct abi_vm *v)
{
	struct sigaction act = {.sa_handler = ignore};
	pthread_t thread;

	sigaction(SIGUSR1, &act, NULL);
	NEED(pthread_create(&thread, NULL, runs, v) == 0);
	return thread;
}

static void stop(struct abi_vm *v, pthread_t thread)
{
	v->run->immediate_exit = 1;
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	v->run->immediate_exit = 0;
}

/* X2 GICD: accesses that the kernel answers, so that KVM_RUN goes on. */
static void live(void)
{
	struct stats s, again;
	struct abi_vm v;
	pthread_t thread;
	uint64_t before;

	abi_vm_open(&v, ABI_GICV3);
	GUEST(&v, 0, ASM_MOVZ(2, 0x0800, 1), ASM_LDR_W(0, 2), ASM_B(-1));
	stats_open(&s, v.vcpu);
	stats_open(&again, v.vcpu);
	CHECK(s.fd != again.fd);
	/* Each has its position, by read() alone. */
	EQUAL(read(s.fd, &before, 8), 8);
	EQUAL(lseek(s.fd, 0, SEEK_CUR), 8);
	EQUAL(lseek(again.fd, 0, SEEK_CUR), 0);
	EQUAL(stat_get(&s, EXITS), 0);
	thread = start(&v);
	CHECK(stat_becomes(&s, MMIO_KERNEL, 1));
	before = stat_get(&again, MMIO_KERNEL);
	CHECK(stat_becomes(&again, MMIO_KERNEL, before + 100));
	CHECK(stat_get(&s, EXITS) >= before + 100);
	EQUAL(stat_get(&s, MMIO_USER), 0);
	/* One that is closed takes nothing from the other. */
	close(s.fd);
	before = stat_get(&again, MMIO_KERNEL);
	CHECK(stat_becomes(&again, MMIO_KERNEL, before + 100));
	stop(&v, thread);
	before = stat_get(&again, MMIO_KERNEL);
	close(again.fd);
	/* They last longer than the descriptors. */
	stats_open(&s, v.vcpu);
	EQUAL(stat_get(&s, MMIO_KERNEL), before);
	thread = start(&v);
	CHECK(stat_becomes(&s, MMIO_KERNEL, before + 100));
	stop(&v, thread);
}

/* What each exit counts as. */
static void exits(void)
{
	struct stats s;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	stats_open(&s, v.vcpu);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_WFE, ASM_HVC(0),
	      ASM_STR(0, 1), ASM_LDR(0, 1), ASM_SMC(0), ASM_STR(0, 1));
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(stat_get(&s, MMIO_USER), 1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(stat_get(&s, MMIO_USER), 2);
	EQUAL(stat_get(&s, HVC), 1);
	CHECK(stat_get(&s, WFE) <= 1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(stat_get(&s, MMIO_USER), 4);
	EQUAL(stat_get(&s, MMIO_KERNEL), 0);
	EQUAL(stat_get(&s, HVC), 1);
	EQUAL(stat_get(&s, SIGNALS), 0);
	CHECK(stat_get(&s, EXITS) >= 6);
	/* immediate_exit is no signal. */
	abi_run_nothing(&v);
	EQUAL(stat_get(&s, SIGNALS), 0);
}

/* ---- halting ------------------------------------------------------------- */

static int halt_poll(struct abi_vm *v, uint64_t ns)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_HALT_POLL, .args = {ns}};

	return ioctl(v->vm, KVM_ENABLE_CAP, &cap);
}

static void spi_pulse(struct abi_vm *v, unsigned int intid)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid,
		.level = 1,
	};

	OK(ioctl(v->vm, KVM_IRQ_LINE, &line));
	line.level = 0;
	OK(ioctl(v->vm, KVM_IRQ_LINE, &line));
}

#define ICC(crn, crm, op2) \
	(3u << 14 | 0u << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* A guest that waits, ends its interrupt and waits again. */
static void halt_open(struct abi_vm *v, struct stats *s)
{
	uint64_t pmr = 0xff, one = 1;

	abi_vm_open(v, ABI_GICV3);
	abi_dist_set(v, 0, 2);
	abi_dist_set(v, 0x104, 1 << 8);
	OK(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		    KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, ICC(4, 6, 0), &pmr));
	OK(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		    KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, ICC(12, 12, 7), &one));
	GUEST(v, 0, ASM_WFI, ASM_MRS(0, ICC(12, 12, 0)),
	      ASM_MSR(ICC(12, 12, 1), 0), ASM_ISB, ASM_B(-4));
	stats_open(s, v->vcpu);
}

static void halts(void)
{
	struct timespec pause = {.tv_nsec = 20000000};
	struct stats s;
	struct abi_vm v;
	pthread_t thread;

	halt_open(&v, &s);
	OK(halt_poll(&v, 0));
	thread = start(&v);
	CHECK(stat_becomes(&s, BLOCKING, 1));
	EQUAL(stat_get(&s, WFI), 1);
	EQUAL(stat_get(&s, WAKEUP), 0);
	EQUAL(stat_get(&s, WAIT_NS), 0);
	nanosleep(&pause, NULL);
	spi_pulse(&v, 40);
	CHECK(stat_becomes(&s, WFI, 2));
	CHECK(stat_becomes(&s, BLOCKING, 1));
	EQUAL(stat_get(&s, WAKEUP), 1);
	/* Counted time stands still while nothing is to come. */
	CHECK(stat_get(&s, WAIT_NS) >= 10000000 || abi_counted());
	EQUAL(stat_get(&s, WAIT_HIST), 1);
	stop(&v, thread);
	/* A signal ends the wait, but nobody woke the vCPU. */
	EQUAL(stat_get(&s, WAKEUP), 1);
	/* Nor does a signal end it where time is counted. */
	EQUAL(stat_get(&s, WAIT_HIST), abi_counted() ? 1 : 2);
	EQUAL(stat_get(&s, BLOCKING), abi_counted() ? 1 : 0);
	EQUAL(stat_get(&s, SIGNALS), 1);
	EQUAL(stat_get(&s, ATTEMPTED), 0);
	EQUAL(stat_get(&s, SUCCESS_NS) + stat_get(&s, FAIL_NS), 0);
}

/* Polling begins when a halt was shorter than the limit. */
static void polls(void)
{
	struct stats s;
	struct abi_vm v;
	pthread_t thread;
	uint64_t attempted;

	if (abi_counted())
		abi_skip("in counted time nobody polls");
	halt_open(&v, &s);
	REFUSED(halt_poll(&v, 1ull << 32), EINVAL);
	/* Longer than a busy host keeps us from the next pulse. */
	OK(halt_poll(&v, 4000000000));
	thread = start(&v);
	CHECK(stat_becomes(&s, BLOCKING, 1));
	EQUAL(stat_get(&s, ATTEMPTED), 0);
	for (uint64_t n = 2; n < 60; n++) {
		spi_pulse(&v, 40);
		NEED(stat_becomes(&s, WFI, n));
	}
	stop(&v, thread);
	attempted = stat_get(&s, ATTEMPTED);
	EQUAL(attempted, 58);
	CHECK(stat_get(&s, SUCCESSFUL) > 0);
	EQUAL(stat_get(&s, SUCCESSFUL), stat_get(&s, SUCCESS_HIST));
	EQUAL(attempted - stat_get(&s, SUCCESSFUL), stat_get(&s, FAIL_HIST));
	CHECK(stat_get(&s, SUCCESS_NS) > 0);
	EQUAL(stat_get(&s, INVALID), 0);
}

/* What a host does that was told nothing is its own affair: it adds up. */
static void polls_by_default(void)
{
	struct stats s;
	struct abi_vm v;
	pthread_t thread;

	halt_open(&v, &s);
	thread = start(&v);
	CHECK(stat_becomes(&s, BLOCKING, 1));
	for (uint64_t n = 2; n < 60; n++) {
		spi_pulse(&v, 40);
		NEED(stat_becomes(&s, WFI, n));
	}
	stop(&v, thread);
	EQUAL(stat_get(&s, ATTEMPTED),
	      stat_get(&s, SUCCESS_HIST) + stat_get(&s, FAIL_HIST));
}

/* ---- ids ----------------------------------------------------------------- */

struct made {
	struct abi_vm v;
	pid_t vm, vcpu; /* who made it */
};

static void *make_vm(void *arg)
{
	struct made *m = arg;

	m->vm = gettid();
	abi_vm_bare(&m->v);
	return NULL;
}

static void *make_vcpu(void *arg)
{
	struct made *m = arg;

	m->vcpu = gettid();
	m->v.vcpu = ioctl(m->v.vm, KVM_CREATE_VCPU, 3);
	return NULL;
}

static void check_id(int owner, const char *want)
{
	struct kvm_stats_header h;
	char id[64] = "";
	int fd = (int)OK(ioctl(owner, KVM_GET_STATS_FD, 0));

	NEED(pread(fd, &h, sizeof(h), 0) == sizeof(h));
	NEED(pread(fd, id, 48, h.id_offset) == 48);
	if (strcmp(id, want))
		printf("     %s, not %s\n", id, want);
	CHECK(!strcmp(id, want));
}

/* They name the thread that made the VM or vCPU, whoever asks. */
static void ids(void)
{
	void *(*const make[])(void *) = {make_vm, make_vcpu};
	struct made m;
	char want[64];

	for (int i = 0; i < 2; i++) {
		pthread_t thread;

		NEED(pthread_create(&thread, NULL, make[i], &m) == 0);
		NEED(pthread_join(thread, NULL) == 0);
	}
	NEED(m.v.vcpu >= 0);
	snprintf(want, sizeof(want), "kvm-%d", m.vm);
	check_id(m.v.vm, want);
	snprintf(want, sizeof(want), "kvm-%d/vcpu-3", m.vcpu);
	check_id(m.v.vcpu, want);
}

const struct abi_case cases_stats[] = {
	{"stats/descriptors", descriptors},
	{"stats/ids", ids},
	{"stats/live", live},
	{"stats/exits", exits},
	{"stats/halts", halts},
	{"stats/polls", polls},
	{"stats/polls-by-default", polls_by_default},
	{NULL},
};
