/* SPDX-License-Identifier: MIT */
/*
 * What answers a guest's store in the VMM's place: ioeventfds and coalesced
 * zones, how many of them there may be, and who answers where they overlap.
 */
#include "abi.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#define PAGE 0x1000u

static int ioeventfd(const struct abi_vm *v, int fd, uint64_t addr,
		     uint32_t len, uint32_t flags)
{
	struct kvm_ioeventfd args = {
		.addr = addr,
		.len = len,
		.fd = fd,
		.flags = flags,
	};

	return ioctl(v->vm, KVM_IOEVENTFD, &args);
}

static int zone(const struct abi_vm *v, unsigned long request, uint64_t addr,
		uint32_t size)
{
	struct kvm_coalesced_mmio_zone z = {.addr = addr, .size = size};

	return ioctl(v->vm, request, &z);
}

static struct kvm_coalesced_mmio_ring *ring_of(struct kvm_run *run)
{
	return (void *)((char *)run + PAGE * KVM_COALESCED_MMIO_PAGE_OFFSET);
}

/* The guest stores 4 bytes to @addr @times times, then to GUEST_MMIO. */
static void guest_stores(struct abi_vm *v, uint64_t addr, unsigned int times)
{
	/* Each time at another place: new code there is another matter. */
	static uint64_t at;
	uint32_t code[64];
	unsigned int n = 0;

	NEED(times < 50);
	at = (at + sizeof(code)) % GUEST_SIZE;
	code[n++] = ASM_MOVZ(1, (uint32_t)(addr & 0xffff), 0);
	code[n++] = ASM_MOVK(1, (uint32_t)(addr >> 16), 1);
	code[n++] = ASM_MOVZ(2, (uint32_t)(GUEST_MMIO >> 16), 1);
	while (times--)
		code[n++] = ASM_STR_W(0, 1);
	code[n++] = ASM_STR_W(0, 2);
	code[n++] = ASM_B_SELF;
	abi_guest_load(v, at, code, n);
}

/* ---- an eventfd that is full --------------------------------------------- */

static void full(int flags)
{
	int fd = eventfd(0, flags);
	uint64_t most = UINT64_MAX - 1, n = 0;
	struct abi_vm v;

	NEED(fd >= 0);
	abi_vm_open(&v, ABI_NO_GIC);
	OK(ioeventfd(&v, fd, 0x0a000000, 4, 0));
	NEED(write(fd, &most, sizeof(most)) == sizeof(most));
	guest_stores(&v, 0x0a000000, 3);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
	/* Linux counts one more; nobody misses that. */
	EQUAL(read(fd, &n, sizeof(n)), 8);
	CHECK(n >= most);
	OK(ioeventfd(&v, fd, 0x0a000000, 4, KVM_IOEVENTFD_FLAG_DEASSIGN));
}

static void full_blocking(void)
{
	full(0);
}

static void full_nonblocking(void)
{
	full(EFD_NONBLOCK);
}

/* There is room for a few of the signals of two vCPUs. */
struct runner {
	struct abi_vm v;
	pthread_t thread;
};

static void *run_to_mmio(void *arg)
{
	abi_run(arg);
	return NULL;
}

static void nearly_full(void)
{
	uint64_t nearly = UINT64_MAX - 20, n = 0;
	int fd = eventfd(0, 0);
	struct abi_vm a, b;
	pthread_t thread;

	abi_vm_open(&a, ABI_NO_GIC);
	b = a;
	b.vcpu = abi_vcpu(&a, 1, &b.run);
	OK(ioeventfd(&a, fd, 0x0a000000, 4, 0));
	NEED(write(fd, &nearly, sizeof(nearly)) == sizeof(nearly));
	guest_stores(&a, 0x0a000000, 40);
	reg_set(b.vcpu, REG_PC, reg_get(a.vcpu, REG_PC));
	/* vCPU 1 starts powered on, as every one of these. */
	pthread_create(&thread, NULL, run_to_mmio, &b);
	run_to_mmio(&a);
	pthread_join(thread, NULL);
	EQUAL(read(fd, &n, sizeof(n)), 8);
	CHECK(n >= UINT64_MAX - 1);
}

/* ---- no descriptor is free ----------------------------------------------- */

static void no_descriptors(void)
{
	struct rlimit lim;
	int fd = dup(0);

	NEED(fd >= 0);
	while ((fd = dup(0)) < 200)
		NEED(fd >= 0);
	getrlimit(RLIMIT_NOFILE, &lim);
	lim.rlim_cur = fd + 1;
	NEED(setrlimit(RLIMIT_NOFILE, &lim) == 0);
	REFUSED(dup(0), EMFILE);
}

static void ioeventfd_without(void)
{
	int fd = eventfd(0, EFD_NONBLOCK);
	struct abi_vm v;
	uint64_t n = 0;

	abi_vm_open(&v, ABI_NO_GIC);
	no_descriptors();
	OK(ioeventfd(&v, fd, 0x0a000000, 4, 0));
	REFUSED(ioeventfd(&v, 0, 0x0a000100, 4, 0), EINVAL);
	REFUSED(ioeventfd(&v, -1, 0x0a000100, 4, 0), EBADF);
	guest_stores(&v, 0x0a000000, 2);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.phys_addr, GUEST_MMIO);
	EQUAL(read(fd, &n, sizeof(n)), 8);
	EQUAL(n, 2);
	OK(ioeventfd(&v, fd, 0x0a000000, 4, KVM_IOEVENTFD_FLAG_DEASSIGN));
	REFUSED(ioeventfd(&v, fd, 0x0a000000, 4, KVM_IOEVENTFD_FLAG_DEASSIGN),
		ENOENT);
	REFUSED(dup(0), EMFILE);
}

static void irqfd_without(void)
{
	struct kvm_irqfd args = {.gsi = 8};
	struct abi_vm v;

	args.fd = eventfd(0, EFD_NONBLOCK);
	abi_vm_open(&v, ABI_GICV3);
	no_descriptors();
	OK(ioctl(v.vm, KVM_IRQFD, &args));
	NEED(write(args.fd, &(uint64_t){1}, 8) == 8);
	EQUAL(abi_dist_get(&v, 0x204), 1 << 8);
	args.flags = KVM_IRQFD_FLAG_DEASSIGN;
	OK(ioctl(v.vm, KVM_IRQFD, &args));
	REFUSED(dup(0), EMFILE);
}

/* ---- a full bus ---------------------------------------------------------- */

static unsigned int fill(const struct abi_vm *v)
{
	unsigned int n = 0;

	while (n < 2000 && zone(v, KVM_REGISTER_COALESCED_MMIO,
				0x0b000000 + n * 16, 16) == 0)
		n++;
	EQUAL(errno, ENOSPC);
	return n;
}

static void full_bus(void)
{
	int fd = eventfd(0, 0);
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	/* ioeventfds don't count. */
	OK(ioeventfd(&v, fd, 0x0a000000, 4, 0));
	OK(ioeventfd(&v, fd, 0x0a000010, 0, 0));
	EQUAL(fill(&v), 1000);
	/* But they find no room. */
	REFUSED(ioeventfd(&v, fd, 0x0a000100, 4, 0), ENOSPC);
	/* The other bus is another. */
	OK(ioeventfd(&v, fd, 0x100, 4, KVM_IOEVENTFD_FLAG_PIO));
	OK(zone(&v, KVM_UNREGISTER_COALESCED_MMIO, 0x0b000000, 16));
	OK(ioeventfd(&v, fd, 0x0a000100, 4, 0));
	OK(zone(&v, KVM_REGISTER_COALESCED_MMIO, 0x0b000000, 16));
	REFUSED(zone(&v, KVM_REGISTER_COALESCED_MMIO, 0x0c000000, 16), ENOSPC);
}

static void full_bus_gic(enum abi_gic gic, unsigned int before,
			 unsigned int after)
{
	struct abi_vm v;

	abi_vm_open(&v, gic);
	EQUAL(fill(&v), before);
	abi_vm_open(&v, gic);
	v.run->immediate_exit = 1;
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINTR);
	EQUAL(fill(&v), after);
}

static void full_bus_v3(void)
{
	full_bus_gic(ABI_GICV3, 999, 998);
}

static void full_bus_v2(void)
{
	full_bus_gic(ABI_GICV2, 1000, 999);
}

/* ---- overlapping ranges -------------------------------------------------- */

/* Who takes a store of 4 bytes to each of a few addresses: '.': the VMM, 'r':
 * the ring, a digit: an ioeventfd. */
#define NR_FDS 4
struct map {
	struct abi_vm v;
	int fd[NR_FDS];
};

static void map_open(struct map *m, enum abi_gic gic)
{
	abi_vm_open(&m->v, gic);
	for (int i = 0; i < NR_FDS; i++)
		m->fd[i] = eventfd(0, EFD_NONBLOCK);
}

static char who(struct map *m, uint64_t addr)
{
	struct kvm_coalesced_mmio_ring *ring = ring_of(m->v.run);
	char answer = '.';
	uint64_t n;

	guest_stores(&m->v, addr, 1);
	NEED(abi_run(&m->v) == KVM_EXIT_MMIO);
	if (m->v.run->mmio.phys_addr == GUEST_MMIO)
		answer = '?';
	for (char i = 0; i < NR_FDS; i++)
		if (read(m->fd[(int)i], &n, 8) == 8)
			answer = '0' + i;
	if (ring->first != ring->last)
		answer = 'r';
	ring->first = ring->last;
	abi_run_nothing(&m->v);
	return answer;
}

static uint32_t seed;

static unsigned int draw(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

#define BASE 0x0a000000ull

static void overlaps_with(enum abi_gic gic, const char *const *want,
			  unsigned int rounds)
{
	for (unsigned int round = 0; round < rounds; round++) {
		char got[25] = "";
		struct map m;

		seed = round;
		map_open(&m, gic);
		for (unsigned int i = 0; i < 8; i++) {
			uint64_t at = BASE + draw(16) * 4;
			unsigned int len = draw(3) * 4;

			/* Some collide: then it is not there. */
			if (i < NR_FDS)
				ioeventfd(&m.v, m.fd[i], at, len, 0);
			else
				zone(&m.v, KVM_REGISTER_COALESCED_MMIO, at,
				     draw(10) * 4);
		}
		for (unsigned int i = 0; i < 24; i++)
			got[i] = who(&m, BASE + i * 4);
		if (strcmp(got, want[round]))
			printf("     %u: %s, not %s\n", round, got,
			       want[round]);
		CHECK(!strcmp(got, want[round]));
	}
}

static void overlaps(void)
{
	static const char *const want[] = {
		"....1.....2..3rrrrrrrrr.", ".1....0r...2r..rrrrrrrr.",
		"...rrrr.3......1rrr.....", "...0..rrr....12rrrrr....",
		"..rr...rr0rrrrrr........", ".2.......rr....rrrr.....",
		"r.2...0rrr.rr3.rr.......", "..r2r.rrrrrrrrrrrr......",
		"..0...r3rrrrrrrrrrr.....", ".rrrrrrr0rrrr3r1........",
		"..3rrrrrrrrrrr.rrrrr....", "r....0..2rr....rrrrr....",
		"...rrrrr.1.0.3rr........", "..0...rrrrr2rrrrrrrr....",
		"....rrrrrr..rrrrrrrr....", ".rrr......r..2rr........",
		".rrrr0rrr..rrrr1rrrr....", "2.rrrrrrrr.0.1..........",
		".0..rrr....1.3rrrrrrrr..", "..2..rrrr1rr............",
		".......rrrrrrrrrrr......", "....02.......rrrrrrrrr..",
		"..1...2rrrrrrrrrrrrr....", "10....rrrrr...rrrrrrr...",
	};

	overlaps_with(ABI_NO_GIC, want, ROWS(want));
}

/* Who answers depends on what else the bus has: the distributor, and not the
 * CPU interface, which is hardware. */
static void overlaps_v2(void)
{
	static const char *const want[] = {
		"....1....rrrr3rrrrrrrrr.", ".rrrrr0rrrr2r..rrrrrrrr.",
		"...rrrr.3......1rrr.....", "...0..rrr....12rrrrr....",
		"..rr.....0rrrrrr........", ".2.......rr....rrrr.....",
		"r.2...0rrr.rr3.rr.......", ".rr2r.rrrrrrrrrrrr......",
		"..0...r3rrrrrrrrrrr.....", ".rrr.rrr0rrrr3r1........",
		"..3....rrr..rr.rrrrr....", "r....0..2rr....rrrrr....",
	};

	overlaps_with(ABI_GICV2, want, ROWS(want));
}

/* ---- the ring ------------------------------------------------------------ */

/* One page, seen through every vCPU and every mapping. */
static void one_ring(void)
{
	struct kvm_coalesced_mmio_ring *ring[4];
	struct kvm_run *run;
	struct abi_vm v, w;

	abi_vm_open(&v, ABI_NO_GIC);
	w = v;
	w.vcpu = abi_vcpu(&v, 1, &w.run);
	OK(zone(&v, KVM_REGISTER_COALESCED_MMIO, 0x0a000000, 0x100));
	ring[0] = ring_of(v.run);
	ring[1] = ring_of(w.run);
	ring[2] = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, w.vcpu,
		       KVM_COALESCED_MMIO_PAGE_OFFSET * PAGE);
	NEED(ring[2] != MAP_FAILED);
	run = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		   abi_vcpu(&v, 2, NULL), 0);
	NEED(run != MAP_FAILED);
	ring[3] = ring_of(run);
	guest_stores(&v, 0x0a000010, 2);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	guest_stores(&w, 0x0a000020, 1);
	EQUAL(abi_run(&w), KVM_EXIT_MMIO);
	for (int i = 0; i < 4; i++) {
		EQUAL(ring[i]->last, 3);
		EQUAL(ring[i]->coalesced_mmio[0].phys_addr, 0x0a000010);
		EQUAL(ring[i]->coalesced_mmio[2].phys_addr, 0x0a000020);
		EQUAL(ring[i]->coalesced_mmio[2].len, 4);
	}
	/* What the VMM took through one is taken for all. */
	ring[3]->first = 2;
	EQUAL(ring[0]->first, 2);
	EQUAL(ring[2]->first, 2);
	/* It lives as long as it is mapped. */
	NEED(munmap(v.run, 2 * PAGE) == 0 && close(v.vcpu) == 0);
	guest_stores(&w, 0x0a000030, 1);
	EQUAL(abi_run(&w), KVM_EXIT_MMIO);
	EQUAL(ring[1]->last, 4);
}

const struct abi_case cases_bus[] = {
	{"bus/full-eventfd-blocking", full_blocking},
	{"bus/full-eventfd-nonblocking", full_nonblocking},
	{"bus/nearly-full-eventfd", nearly_full},
	{"bus/ioeventfd-without-descriptors", ioeventfd_without},
	{"bus/irqfd-without-descriptors", irqfd_without},
	{"bus/full", full_bus},
	{"bus/full-v3", full_bus_v3},
	{"bus/full-v2", full_bus_v2},
	{"bus/overlaps", overlaps},
	{"bus/overlaps-v2", overlaps_v2},
	{"bus/one-ring", one_ring},
	{NULL},
};
