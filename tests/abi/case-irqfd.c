/* SPDX-License-Identifier: MIT */
/*
 * irqfds: what write() to one has done when it returns. Whoever looks then,
 * by whatever call, finds the interrupt and an eventfd that reads as empty.
 */
#include "abi.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define GSI    8
#define INTID  (32 + GSI)
#define ROUNDS 200

#define GICD_ISENABLE 0x104
#define GICD_ISPEND   0x204
#define GICD_ICFGR    0xc08

/* SPIs 32 to 63 that are pending, which then none is (GICv3). */
static uint32_t take_pending(const struct abi_vm *v)
{
	uint32_t val = abi_dist_get(v, GICD_ISPEND);

	abi_dist_set(v, GICD_ISPEND, 0);
	return val;
}

static int irqfd(const struct abi_vm *v, int fd, uint32_t gsi, uint32_t flags,
		 int resample)
{
	struct kvm_irqfd args = {
		.fd = fd,
		.gsi = gsi,
		.flags = flags,
		.resamplefd = resample,
	};

	return ioctl(v->vm, KVM_IRQFD, &args);
}

static void assign(const struct abi_vm *v, int fd)
{
	OK(irqfd(v, fd, GSI, 0, 0));
}

static void deassign(const struct abi_vm *v, int fd)
{
	OK(irqfd(v, fd, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0));
}

static void route(const struct abi_vm *v, uint32_t pin)
{
	struct {
		struct kvm_irq_routing hdr;
		struct kvm_irq_routing_entry entry;
	} table = {
		.hdr.nr = 1,
		.entry = {.gsi = GSI,
			  .type = KVM_IRQ_ROUTING_IRQCHIP,
			  .u.irqchip.pin = pin},
	};

	OK(ioctl(v->vm, KVM_SET_GSI_ROUTING, &table));
}

static int new_eventfd(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	NEED(fd >= 0);
	return fd;
}

static void add(int fd, uint64_t n)
{
	NEED(write(fd, &n, sizeof(n)) == sizeof(n));
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	NEED(poll(&p, 1, 0) >= 0);
	return p.revents & POLLIN;
}

/* ---- written by this process --------------------------------------------- */

static void write_delivers(void)
{
	int fd = new_eventfd();
	struct abi_vm v;
	uint64_t n;

	abi_vm_open(&v, ABI_GICV3);
	assign(&v, fd);
	for (int i = 0; i < ROUNDS; i++) {
		add(fd, 1 + i);
		if (i & 1)
			CHECK(!readable(fd));
		REFUSED(read(fd, &n, sizeof(n)), EAGAIN);
		EQUAL(take_pending(&v), 1 << GSI);
	}
}

static void deassign_keeps(void)
{
	int fd = new_eventfd();
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	for (int i = 0; i < ROUNDS; i++) {
		assign(&v, fd);
		add(fd, 1);
		deassign(&v, fd);
		EQUAL(take_pending(&v), 1 << GSI);
		CHECK(!readable(fd));
		/* It is nobody's now. */
		add(fd, 1);
		EQUAL(take_pending(&v), 0);
		NEED(read(fd, &(uint64_t){0}, 8) == 8);
	}
}

static void old_route(void)
{
	int fd = new_eventfd();
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	route(&v, GSI);
	assign(&v, fd);
	for (int i = 0; i < ROUNDS; i++) {
		add(fd, 1);
		route(&v, GSI + 1 + i % 2);
		EQUAL(take_pending(&v), 1 << GSI);
		add(fd, 1);
		route(&v, GSI);
		EQUAL(take_pending(&v), 2 << GSI << i % 2);
	}
}

/* However it is written, and by whatever descriptor. */
static void any_write(void)
{
	uint64_t n = 1;
	struct iovec iov = {&n, sizeof(n)};
	int fd = new_eventfd(), other;
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	assign(&v, fd);
	other = dup(fd);
	add(other, 1);
	CHECK(!readable(fd));
	EQUAL(take_pending(&v), 1 << GSI);
	OK(eventfd_write(fd, 1));
	CHECK(!readable(fd));
	EQUAL(take_pending(&v), 1 << GSI);
	EQUAL(syscall(SYS_write, fd, &n, sizeof(n)), 8);
	CHECK(!readable(fd));
	EQUAL(take_pending(&v), 1 << GSI);
	EQUAL(writev(fd, &iov, 1), 8);
	EQUAL(take_pending(&v), 1 << GSI);
	/* Linux's reference is on the eventfd, not on the number. */
	close(fd);
	add(other, 1);
	EQUAL(take_pending(&v), 1 << GSI);
}

/* One signal is one interrupt; those before it is taken are one. */
static void signals_merge(void)
{
	int fd = new_eventfd();
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	assign(&v, fd);
	add(fd, 1);
	EQUAL(take_pending(&v), 1 << GSI);
	usleep(20000);
	EQUAL(take_pending(&v), 0);
	add(fd, 3);
	add(fd, 1);
	EQUAL(take_pending(&v), 1 << GSI);
	usleep(20000);
	EQUAL(take_pending(&v), 0);
}

/* The line of a level pin goes up and stays there. */
static void level_stays(void)
{
	uint64_t attr = (uint64_t)VGIC_LEVEL_INFO_LINE_LEVEL
				<< KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT |
			32;
	int fd = new_eventfd();
	struct abi_vm v;
	uint32_t lines;

	abi_vm_open(&v, ABI_GICV3);
	abi_dist_set(&v, GICD_ICFGR, 0);
	assign(&v, fd);
	add(fd, 1);
	OK(abi_attr(v.gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
		    attr, &lines));
	EQUAL(lines, 1 << GSI);
	EQUAL(take_pending(&v), 0); /* the latch */
}

/* A signal takes 1 of a semaphore. */
static void semaphore(void)
{
	int fd = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK);
	struct abi_vm v;
	int left = 0;

	abi_vm_open(&v, ABI_GICV3);
	assign(&v, fd);
	add(fd, 3);
	EQUAL(take_pending(&v), 1 << GSI);
	usleep(20000);
	EQUAL(take_pending(&v), 0);
	while (read(fd, &(uint64_t){0}, 8) == 8)
		left++;
	EQUAL(left, 2);
}

/* Signalled when it is assigned: an interrupt, and the count stays. */
static void signalled_before(void)
{
	int fd = new_eventfd();
	uint32_t pending = 0;
	uint64_t n = 0;
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	add(fd, 5);
	assign(&v, fd);
	for (int i = 0; i < 1000 && !pending; i++) {
		pending = take_pending(&v); /* Linux has a thread do it */
		usleep(1000);
	}
	EQUAL(pending, 1 << GSI);
	EQUAL(read(fd, &n, sizeof(n)), 8);
	EQUAL(n, 5);
	add(fd, 1);
	EQUAL(take_pending(&v), 1 << GSI);
	CHECK(!readable(fd));
	/* A level pin is raised and lowered. */
	deassign(&v, fd);
	abi_dist_set(&v, GICD_ICFGR, 0);
	add(fd, 5);
	assign(&v, fd);
	usleep(20000);
	EQUAL(take_pending(&v), 0);
	EQUAL(read(fd, &n, sizeof(n)), 8);
}

static void many(void)
{
	struct abi_vm v;
	int fds[64];

	abi_vm_open(&v, ABI_GICV3);
	for (int i = 0; i < 64; i++) {
		fds[i] = new_eventfd();
		OK(irqfd(&v, fds[i], i, 0, 0));
	}
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 64; i++)
			add(fds[i], 1);
		EQUAL(take_pending(&v), 0xffffffff);
		EQUAL(abi_dist_get(&v, GICD_ISPEND + 4), 0xffffffff);
		abi_dist_set(&v, GICD_ISPEND + 4, 0);
	}
}

/* In a signal handler, whatever it interrupts. */
static int handler_fd;
static volatile unsigned int handled;

static void write_in_handler(int sig)
{
	int saved = errno;

	if (write(handler_fd, &(uint64_t){1}, 8) == 8)
		handled++;
	errno = saved;
}

static void handler_writes(void)
{
	/* A host that is QEMU's TCG gets to nothing but the handler sooner. */
	const int us = getenv("ABI_TCG") ? 3000 : 300;
	struct itimerval often = {.it_interval = {.tv_usec = us},
				  .it_value = {.tv_usec = us}};
	struct sigaction act = {.sa_handler = write_in_handler};
	int fd = new_eventfd();
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	handler_fd = new_eventfd();
	OK(irqfd(&v, handler_fd, GSI, 0, 0));
	sigaction(SIGALRM, &act, NULL);
	/* The guest is interrupted, and the next request knows. */
	GUEST(&v, 0, ASM_B_SELF);
	for (int i = 0; i < 20; i++) {
		/* The first may come before KVM_RUN. */
		ualarm(2000, 2000);
		REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
		ualarm(0, 0);
		EQUAL(take_pending(&v), 1 << GSI);
	}
	setitimer(ITIMER_REAL, &often, NULL);
	handled = 0;
	while (handled < 1000) {
		OK(irqfd(&v, fd, GSI + 1, 0, 0));
		add(fd, 1);
		CHECK(take_pending(&v) & 2 << GSI);
		OK(irqfd(&v, fd, GSI + 1, KVM_IRQFD_FLAG_DEASSIGN, 0));
		ioctl(v.vcpu, KVM_RUN, 0);
	}
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	take_pending(&v);
	CHECK(!readable(handler_fd));
}

/* ---- written by another -------------------------------------------------- */

/* A child that writes to @fd and then to the pipe when told, for ever. */
static int writer_start(int fd, int *told)
{
	int ask[2], done[2];

	NEED(pipe(ask) == 0 && pipe(done) == 0);
	if (fork() == 0) {
		char c;

		close(ask[1]);
		while (read(ask[0], &c, 1) == 1) {
			/* Past any C library that somebody may have changed. */
			syscall(SYS_write, fd, &(uint64_t){1}, 8);
			syscall(SYS_write, done[1], &c, 1);
		}
		_exit(0);
	}
	*told = done[0];
	return ask[1];
}

static void write_there(int ask, int told)
{
	char c = 0;

	NEED(write(ask, &c, 1) == 1 && read(told, &c, 1) == 1);
}

static void other_process(void)
{
	int fd = new_eventfd(), ask, told;
	struct abi_vm v;
	uint64_t n;

	if (abi_counted())
		abi_skip("another process's signals come at any time");
	abi_vm_open(&v, ABI_GICV3);
	route(&v, GSI);
	ask = writer_start(fd, &told);
	assign(&v, fd);
	for (int i = 0; i < ROUNDS; i++) {
		write_there(ask, told);
		EQUAL(take_pending(&v), 1 << GSI);
		write_there(ask, told);
		REFUSED(read(fd, &n, sizeof(n)), EAGAIN);
		EQUAL(take_pending(&v), 1 << GSI);
		write_there(ask, told);
		route(&v, GSI + 1);
		EQUAL(take_pending(&v), 1 << GSI);
		route(&v, GSI);
		write_there(ask, told);
		deassign(&v, fd);
		EQUAL(take_pending(&v), 1 << GSI);
		CHECK(!readable(fd));
		assign(&v, fd);
	}
}

/* The guest finds it by its first instruction. */
static void guest_sees(void)
{
	int fd = new_eventfd(), ask, told;
	struct abi_vm v;
	uint32_t seen;

	if (abi_counted())
		abi_skip("another process's signals come at any time");
	abi_vm_open(&v, ABI_GICV3);
	ask = writer_start(fd, &told);
	assign(&v, fd);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MOVZ(2, 0x0800, 1),
	      ASM_ADD_IMM(2, 2, GICD_ISPEND), ASM_LDR_W(0, 2), ASM_STR_W(0, 1),
	      ASM_B(-2));
	for (int i = 0; i < ROUNDS; i++) {
		write_there(ask, told);
		NEED(abi_run(&v) == KVM_EXIT_MMIO);
		memcpy(&seen, v.run->mmio.data, 4);
		EQUAL(seen, 1 << GSI);
		EQUAL(take_pending(&v), 1 << GSI);
	}
}

/* ---- resampling ---------------------------------------------------------- */

/* SPIs 32 to 63 whose line is up, as long as they are level-sensitive. */
static uint32_t lines(const struct abi_vm *v)
{
	uint32_t val = 0xdeadbeef;

	NEED(abi_attr(v->gic, KVM_GET_DEVICE_ATTR,
		      KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 32, &val) == 0);
	return val;
}

static void resample(const struct abi_vm *v, int fd, int resamplefd)
{
	OK(irqfd(v, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, resamplefd));
}

/* Who could lower a line is gone: it is lowered. */
static void resample_ends(void)
{
	int a = new_eventfd(), b = new_eventfd(), r = new_eventfd();
	struct kvm_irq_level up = {.irq = 1u << KVM_ARM_IRQ_TYPE_SHIFT | INTID,
				   .level = 1};
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	abi_dist_set(&v, GICD_ICFGR, 0);
	resample(&v, a, r);
	resample(&v, b, r);
	add(a, 1);
	EQUAL(lines(&v), 1 << GSI);
	deassign(&v, a);
	EQUAL(lines(&v), 1 << GSI);
	deassign(&v, b);
	EQUAL(lines(&v), 0);
	/* So does one that never came to be. */
	OK(irqfd(&v, a, GSI + 1, 0, 0));
	OK(ioctl(v.vm, KVM_IRQ_LINE, &up));
	EQUAL(lines(&v), 1 << GSI);
	REFUSED(irqfd(&v, a, GSI, KVM_IRQFD_FLAG_RESAMPLE, r), EBUSY);
	EQUAL(lines(&v), 0);
	EQUAL(readable(r), false);
}

/* What was signalled before, and is no irqfd's count, is gone with the irqfd. */
static void deassign_drains(void)
{
	int fd = new_eventfd(), r = new_eventfd();
	int sem = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
	struct abi_vm v;
	uint64_t n;

	abi_vm_open(&v, ABI_GICV3);
	add(fd, 3);
	assign(&v, fd);
	CHECK(readable(fd));
	deassign(&v, fd);
	CHECK(!readable(fd));
	add(fd, 3);
	resample(&v, fd, r);
	CHECK(readable(fd));
	/* Not this one. */
	OK(irqfd(&v, fd, GSI + 1, KVM_IRQFD_FLAG_DEASSIGN, 0));
	CHECK(readable(fd));
	deassign(&v, fd);
	CHECK(!readable(fd));
	add(sem, 3);
	assign(&v, sem);
	deassign(&v, sem);
	OK(read(sem, &n, sizeof(n)));
	OK(read(sem, &n, sizeof(n)));
	REFUSED(read(sem, &n, sizeof(n)), EAGAIN);
}

#define ICC(n, m, op2) SYSREG_ENC(3, 0, n, m, op2)

/* Take the interrupt GSI + 1, finish it, and say so. */
static void guest_takes(struct abi_vm *v)
{
	uint32_t id;

	GUEST(v, 0, ASM_MOVZ(0, 0xff, 0), ASM_MSR(ICC(4, 6, 0), 0),
	      ASM_MOVZ(0, 1, 0), ASM_MSR(ICC(12, 12, 7), 0), ASM_PAUSE(2),
	      ASM_MRS(0, ICC(12, 12, 0)), ASM_MSR(ICC(12, 12, 1), 0),
	      ASM_MOVZ(1, 0x0900, 1), ASM_STR_W(0, 1));
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	memcpy(&id, v->run->mmio.data, 4);
	EQUAL(id, INTID + 1);
}

/* Of the gsis of one pin, the routing table's last hears of its end. */
static void resample_last(void)
{
	struct {
		struct kvm_irq_routing hdr;
		struct kvm_irq_routing_entry entry[2];
	} table = {.hdr.nr = 2};
	int a = new_eventfd(), ra = new_eventfd();
	int b = new_eventfd(), rb = new_eventfd();
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	for (unsigned int i = 0; i < 2; i++)
		table.entry[i] = (struct kvm_irq_routing_entry){
			.gsi = GSI - i,
			.type = KVM_IRQ_ROUTING_IRQCHIP,
			.u.irqchip.pin = GSI + 1,
		};
	OK(ioctl(v.vm, KVM_SET_GSI_ROUTING, &table));
	abi_dist_set(&v, 0, 2);
	abi_dist_set(&v, 0x84, UINT32_MAX);
	abi_dist_set(&v, GICD_ICFGR, 0);
	abi_dist_set(&v, GICD_ISENABLE, 1 << (GSI + 1));
	resample(&v, a, ra);
	add(a, 1);
	/* Nobody resamples the last. */
	guest_takes(&v);
	EQUAL(lines(&v), 1 << (GSI + 1));
	CHECK(!readable(ra));
	OK(irqfd(&v, b, GSI - 1, KVM_IRQFD_FLAG_RESAMPLE, rb));
	guest_takes(&v);
	EQUAL(lines(&v), 0);
	CHECK(!readable(ra));
	CHECK(readable(rb));
}

/* ---- errors -------------------------------------------------------------- */

static void errors(void)
{
	int fd = new_eventfd(), null = open("/dev/null", O_RDONLY);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	REFUSED(irqfd(&v, fd, GSI, 0, 0), EAGAIN);
	abi_vm_open(&v, ABI_GICV3);
	REFUSED(irqfd(&v, -1, GSI, 0, 0), EBADF);
	REFUSED(irqfd(&v, null, GSI, 0, 0), EINVAL);
	REFUSED(irqfd(&v, fd, GSI, 4, 0), EINVAL);
	REFUSED(irqfd(&v, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, -1), EBADF);
	REFUSED(irqfd(&v, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, null), EINVAL);
	assign(&v, fd);
	REFUSED(irqfd(&v, dup(fd), GSI + 1, 0, 0), EBUSY);
	REFUSED(irqfd(&v, null, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0), EINVAL);
	/* Another gsi: nothing to do. */
	OK(irqfd(&v, fd, GSI + 1, KVM_IRQFD_FLAG_DEASSIGN, 0));
	add(fd, 1);
	EQUAL(take_pending(&v), 1 << GSI);
	OK(irqfd(&v, dup(fd), GSI, KVM_IRQFD_FLAG_DEASSIGN, 0));
	deassign(&v, fd);
}

/* As it is by deassigning: the count goes with the VM's last descriptor. */
static void close_drains(void)
{
	int fd = eventfd(1, EFD_NONBLOCK);
	struct abi_vm v;
	uint64_t n;

	abi_vm_open(&v, ABI_GICV3);
	assign(&v, fd);
	close(v.vcpu);
	close(v.gic);
	close(v.vm);
	CHECK(read(fd, &n, sizeof(n)) == -1 && errno == EAGAIN);
}

/* Though its vCPU and its GIC live on: a line that is raised falls, and what is
 * written then is nobody's. */
static void close_ends(void)
{
	int fd = new_eventfd(), other = new_eventfd(), r = new_eventfd();
	struct abi_vm v;
	int again;

	abi_vm_open(&v, ABI_GICV3);
	abi_dist_set(&v, GICD_ICFGR, 0);
	resample(&v, fd, r);
	OK(irqfd(&v, other, GSI + 1, 0, 0));
	add(fd, 1);
	EQUAL(lines(&v), 1 << GSI);
	again = dup(v.vm);
	close(v.vm);
	EQUAL(lines(&v), 1 << GSI);
	add(other, 1);
	CHECK(!readable(other));
	/* The other stays up: nobody ever lowers it. */
	close(again);
	EQUAL(lines(&v), 2 << GSI);
	CHECK(!readable(r));
	add(other, 1);
	CHECK(readable(other));
	add(fd, 1);
	CHECK(readable(fd));
	EQUAL(lines(&v), 2 << GSI);
	abi_vm_open(&v, ABI_GICV3);
	assign(&v, fd);
}

const struct abi_case cases_irqfd[] = {
	{"irqfd/write-delivers", write_delivers},
	{"irqfd/deassign-keeps", deassign_keeps},
	{"irqfd/old-route", old_route},
	{"irqfd/any-write", any_write},
	{"irqfd/signals-merge", signals_merge},
	{"irqfd/level-stays", level_stays},
	{"irqfd/semaphore", semaphore},
	{"irqfd/signalled-before", signalled_before},
	{"irqfd/many", many},
	{"irqfd/handler-writes", handler_writes},
	{"irqfd/other-process", other_process},
	{"irqfd/guest-sees", guest_sees},
	{"irqfd/deassign-drains", deassign_drains},
	{"irqfd/resample-ends", resample_ends},
	{"irqfd/resample-last", resample_last},
	{"irqfd/close-drains", close_drains},
	{"irqfd/close-ends", close_ends},
	{"irqfd/errors", errors},
	{NULL},
};
