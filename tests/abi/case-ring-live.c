/* SPDX-License-Identifier: MIT */
/*
 * Dirty rings while the VM lives: vCPUs on threads of their own against a
 * collector, an access that waits for the VMM, and what is written by the
 * host's side of the VM.
 */
#include "ring.h"

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "tests/tsan.h"

#define DIRTY KVM_DIRTY_GFN_F_DIRTY
#define VCPUS 4

static struct abi_vm vm[VCPUS]; /* the same, each with its vCPU */
static struct kvm_dirty_gfn *ring[VCPUS];
static unsigned int taken[VCPUS]; /* the next entry to harvest */
static uint8_t *shadow;           /* what the collector knows of the memory */

static void vcpus_open(bool bitmap)
{
	ring[0] = ring_open(&vm[0], RING_BYTES, bitmap);
	tsan_guest_memory(logged, LOG_PAGES * PAGE);
	shadow = small_pages(LOG_PAGES * PAGE);
	for (unsigned int i = 1; i < VCPUS; i++) {
		vm[i] = vm[0];
		vm[i].vcpu = abi_vcpu(&vm[0], i, &vm[i].run);
		ring[i] = ring_map(vm[i].vcpu, RING_BYTES);
	}
}

/* ---- a collector, as VMMs have them -------------------------------------- */

static uint64_t seen[LOG_PAGES / 64];

static unsigned int harvest_one(unsigned int vcpu)
{
	unsigned int n = 0;

	for (;; n++, taken[vcpu]++) {
		struct kvm_dirty_gfn *e =
			&ring[vcpu][taken[vcpu] % RING_ENTRIES];

		if (__atomic_load_n(&e->flags, __ATOMIC_ACQUIRE) != DIRTY)
			return n;
		NEED(e->slot == LOG_SLOT && e->offset < LOG_PAGES);
		seen[e->offset / 64] |= 1ull << e->offset % 64;
		__atomic_store_n(&e->flags, KVM_DIRTY_GFN_F_RESET,
				 __ATOMIC_RELEASE);
	}
}

/* Pages are copied when they are armed again, so that what is written after
 * the copy is listed again. */
static unsigned int collect(void)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	unsigned int n = 0;

	pthread_mutex_lock(&one);
	memset(seen, 0, sizeof(seen));
	for (unsigned int i = 0; i < VCPUS; i++)
		n += harvest_one(i);
	EQUAL(OK(ring_reset(&vm[0])), n);
	for (unsigned int i = 0; i < LOG_PAGES; i++)
		if (seen[i / 64] >> i % 64 & 1)
			memcpy(shadow + i * PAGE, logged + i * PAGE, PAGE);
	pthread_mutex_unlock(&one);
	return n;
}

static unsigned int pages_lost(void)
{
	unsigned int bad = 0;

	for (unsigned int i = 0; i < LOG_PAGES; i++)
		bad += memcmp(shadow + i * PAGE, logged + i * PAGE, PAGE) != 0;
	return bad;
}

/* ---- threads ------------------------------------------------------------- */

#define WRITES 10000

static atomic_uint running;

static void *vcpu_thread(void *arg)
{
	struct abi_vm *v = arg;

	while (abi_run(v) == KVM_EXIT_DIRTY_RING_FULL)
		sched_yield();
	EQUAL(v->run->exit_reason, KVM_EXIT_MMIO);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

/* Random pages of the slot, each vCPU its own word of them. */
static void threads_ready(void)
{
	GUEST(&vm[0], 0, 0x9b051cc6, /* madd x6, x6, x5, x7 */
	      0xd361a8c8,            /* ubfx x8, x6, #33, #10 */
	      0x8b083008,            /* add x8, x0, x8, lsl #12 */
	      0xf9000106,            /* str x6, [x8] */
	      ASM_SUB_IMM(1, 1, 1), ASM_CBNZ(1, -5), ASM_STR(1, 2), ASM_B_SELF);
	for (unsigned int i = 0; i < VCPUS; i++) {
		guest_ready(vm[i].vcpu, 0, WRITES);
		reg_set(vm[i].vcpu, REG_X(0), LOG_BASE + i * 8);
		reg_set(vm[i].vcpu, REG_X(5), 6364136223846793005);
		reg_set(vm[i].vcpu, REG_X(6), i + 1);
		reg_set(vm[i].vcpu, REG_X(7), 1442695040888963407);
	}
}

static void threads(bool bitmap)
{
	pthread_t thread[VCPUS];
	unsigned int n = 0;

	vcpus_open(bitmap);
	threads_ready();
	running = VCPUS;
	for (unsigned int i = 0; i < VCPUS; i++)
		NEED(!pthread_create(&thread[i], NULL, vcpu_thread, &vm[i]));
	while (running)
		n += collect();
	for (unsigned int i = 0; i < VCPUS; i++)
		pthread_join(thread[i], NULL);
	n += collect();
	CHECK(n > LOG_PAGES);
	EQUAL(collect(), 0);
	EQUAL(pages_lost(), 0);
}

static void without_bitmap(void)
{
	threads(false);
}

static void with_bitmap(void)
{
	threads(true);
}

/* ---- an access that waits for the VMM ------------------------------------ */

#define LAZY  1000 /* the page that is not there */
#define OTHER 190  /* pages that each of the other vCPUs writes first */

static int uffd;

static void lazy_page(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register reg = {
		.range = {(uintptr_t)logged + LAZY * PAGE, PAGE},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0)
		abi_skip("no userfaultfd");
	NEED(ioctl(uffd, UFFDIO_API, &api) == 0);
	NEED(ioctl(uffd, UFFDIO_REGISTER, &reg) == 0);
}

/* Collects while the guest waits, which nobody else waits for. */
static void *provider(void *arg)
{
	static uint64_t content[512] = {0x5678};
	struct uffdio_copy copy = {
		.dst = (uintptr_t)logged + LAZY * PAGE,
		.src = (uintptr_t)content,
		.len = PAGE,
	};
	struct uffd_msg msg;

	NEED(read(uffd, &msg, sizeof(msg)) == sizeof(msg));
	usleep(2000); /* the other thread sleeps in its fault by now */
	CHECK(collect() >= 3 * OTHER);
	memcpy(shadow + LAZY * PAGE, content, PAGE);
	NEED(ioctl(uffd, UFFDIO_COPY, &copy) == 0);
	return NULL;
}

/* Many pages that others have listed, so that this vCPU may write more than
 * its ring has room for; the lazy page; the pages once more. */
static void lazily(void)
{
	pthread_t thread;
	uint32_t why;

	vcpus_open(true);
	for (unsigned int i = 1; i < VCPUS; i++) {
		guest_writes(&vm[i], (i - 1) * OTHER, OTHER);
		guest_done(&vm[i]);
	}
	lazy_page();
	GUEST(&vm[0], 0, ASM_STR(4, 0), ASM_ADD_PAGE(0, 0),
	      ASM_SUB_IMM(1, 1, 1), ASM_CBNZ(1, -3), ASM_LDR(4, 8),
	      ASM_STR(4, 9), ASM_ADD_PAGE(9, 9), ASM_SUB_IMM(10, 10, 1),
	      ASM_CBNZ(10, -3), ASM_STR(1, 2), ASM_B_SELF);
	guest_ready(vm[0].vcpu, 0, 3 * OTHER);
	reg_set(vm[0].vcpu, REG_X(8), LOG_BASE + LAZY * PAGE);
	reg_set(vm[0].vcpu, REG_X(9), LOG_BASE);
	reg_set(vm[0].vcpu, REG_X(10), 3 * OTHER);
	NEED(!pthread_create(&thread, NULL, provider, NULL));
	while ((why = abi_run(&vm[0])) == KVM_EXIT_DIRTY_RING_FULL)
		collect();
	EQUAL(why, KVM_EXIT_MMIO);
	pthread_join(thread, NULL);
	while (collect())
		abi_run_nothing(&vm[0]);
	EQUAL(*(uint64_t *)(logged + (3 * OTHER - 1) * PAGE), 0x5678);
	EQUAL(pages_lost(), 0);
}

/* ---- written by the host ------------------------------------------------- */

#define TABLE 48 /* the page of the ITS's collections, at 64 KiB */

static uint64_t log_word(void)
{
	static uint64_t bits[LOG_PAGES / 64];
	struct kvm_dirty_log log = {.slot = LOG_SLOT, .dirty_bitmap = bits};

	OK(ioctl(vm[0].vm, KVM_GET_DIRTY_LOG, &log));
	return bits[0];
}

#define GITS_BASER1 0x108
#define VALID       (1ull << 63)

/* An ITS with a table of collections in TABLE, saved. */
static void its_save(void)
{
	struct kvm_create_device dev = {.type = KVM_DEV_TYPE_ARM_VGIC_ITS};
	uint64_t at = 0x08080000, baser = VALID | (LOG_BASE + TABLE * PAGE);

	NEED(ioctl(vm[0].vm, KVM_CREATE_DEVICE, &dev) == 0);
	OK(abi_attr(dev.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		    KVM_VGIC_ITS_ADDR_TYPE, &at));
	OK(abi_attr(dev.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	OK(abi_attr(dev.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ITS_REGS,
		    GITS_BASER1, &baser));
	OK(abi_attr(dev.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_ITS_SAVE_TABLES, NULL));
}

/* Without a vCPU: in the bitmap, and no ring. */
static void its_tables(void)
{
	ring[0] = ring_open_gic(&vm[0], ABI_GICV3, RING_BYTES, true);
	guest_writes(&vm[0], TABLE, 1);
	guest_done(&vm[0]);
	is_entry(&ring[0][0], TABLE);
	its_save();
	EQUAL(*(uint64_t *)(logged + TABLE * PAGE), 0);
	EQUAL(ring[0][1].flags, 0);
	EQUAL(log_word(), 1ull << TABLE);
	EQUAL(log_word(), 0);
	/* Taken from the bitmap, a page is armed again for rings, too. */
	guest_writes(&vm[0], TABLE, 1);
	guest_done(&vm[0]);
	is_entry(&ring[0][1], TABLE);
}

/* ... and nowhere, if there is no bitmap. */
static void its_unlogged(void)
{
	ring[0] = ring_open_gic(&vm[0], ABI_GICV3, RING_BYTES, false);
	its_save();
	EQUAL(ring[0][0].flags, 0);
}

/* In KVM_RUN it is the vCPU that writes. */
static void stolen_time(void)
{
	uint64_t gpa = LOG_BASE + TABLE * PAGE;

	ring[0] = ring_open(&vm[0], RING_BYTES, true);
	if (abi_attr(vm[0].vcpu, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_CTRL,
		     KVM_ARM_VCPU_PVTIME_IPA, &gpa))
		abi_skip("the host does not count stolen time");
	EQUAL(ring[0][0].flags, 0);
	GUEST(&vm[0], 0, ASM_HVC(0), ASM_STR(0, 2), ASM_B_SELF);
	reg_set(vm[0].vcpu, REG_X(0), 0xc5000021); /* PV_TIME_ST */
	reg_set(vm[0].vcpu, REG_X(2), GUEST_MMIO);
	guest_done(&vm[0]);
	is_entry(&ring[0][0], TABLE);
	EQUAL(log_word(), 0);
}

const struct abi_case cases_ring_live[] = {
	{"ring/threads", without_bitmap, 60},
	{"ring/threads-bitmap", with_bitmap, 60},
	{"ring/lazy-page", lazily},
	{"ring/its-tables", its_tables},
	{"ring/its-no-bitmap", its_unlogged},
	{"ring/stolen-time", stolen_time},
	{NULL},
};
