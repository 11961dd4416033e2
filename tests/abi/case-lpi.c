/* SPDX-License-Identifier: MIT */
/*
 * LPIs that are pending while their mapping, their table or the distributor
 * changes. The VMM writes the ITS's commands into its queue itself. And what it
 * may do while one of those tables waits for it to provide the page
 * (userfaultfd).
 */
#include "order.h"

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#define ITS_BASE 0x08200000ull
#define QUEUE    0x10000ull /* in the guest's memory */
#define DEVICES  0x20000ull
#define COLLS    0x30000ull
#define ITT      0x40000ull
#define CONFIG   0x50000ull
#define PENDING  0x60000ull
#define VALID    (1ull << 63)

#define GITS_CTLR      0x000
#define GITS_CBASER    0x080
#define GITS_CWRITER   0x088
#define GITS_BASER(n)  (0x100 + 8 * (n))
#define GICR_CTLR      0x00
#define GICR_PROPBASER 0x70
#define GICR_PENDBASER 0x78

static struct abi_vm v;
static int its;
static uint64_t written; /* of the queue */

static void gits(uint64_t off, uint64_t val)
{
	NEED(abi_attr(its, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ITS_REGS,
		      off, &val) == 0);
}

static void gicr(uint64_t off, uint64_t val)
{
	for (int half = 0; half < (off == GICR_CTLR ? 1 : 2); half++) {
		uint32_t word = val >> 32 * half;

		NEED(abi_attr(v.gic, KVM_SET_DEVICE_ATTR,
			      KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, off + 4 * half,
			      &word) == 0);
	}
}

/* What the ITS finds when CWRITER is written. */
static void queue(unsigned int number, uint32_t device, uint64_t b, uint64_t c)
{
	uint64_t cmd[4] = {number | (uint64_t)device << 32, b, c, 0};

	memcpy(v.ram + QUEUE + written, cmd, sizeof(cmd));
	written += sizeof(cmd);
}

static void command(unsigned int number, uint32_t device, uint64_t b,
		    uint64_t c)
{
	queue(number, device, b, c);
	gits(GITS_CWRITER, written);
}

static void mapd(uint64_t valid)
{
	command(8, 1, 7, valid | (GUEST_BASE + ITT));
}

static void mapc(uint64_t valid)
{
	command(9, 0, 0, valid);
}

static void mapti(uint32_t event, uint64_t lpi)
{
	command(10, 1, event | lpi << 32, 0);
}

/* INT, CLEAR, INV, DISCARD of an event */
enum { INT = 3, CLEAR = 4, INV = 12, DISCARD = 15 };
static void event(unsigned int number, uint32_t event)
{
	command(number, 1, event, 0);
}

static void enabled(unsigned int lpi, bool on)
{
	v.ram[CONFIG + lpi - 8192] = 0xa0 | on;
}

/* Device 1 of the VM's ITS, whose events 0 and 1 are LPIs 8192 and 8193. */
static void lpi_make(void)
{
	uint64_t addr = ITS_BASE;

	its = abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_ITS);
	NEED(abi_attr(its, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
		      KVM_VGIC_ITS_ADDR_TYPE, &addr) == 0);
	enabled(8192, true);
	enabled(8193, true);
	gicr(GICR_PROPBASER, (GUEST_BASE + CONFIG) | 13);
	gicr(GICR_PENDBASER, GUEST_BASE + PENDING);
	gicr(GICR_CTLR, 1);
	gits(GITS_CBASER, VALID | (GUEST_BASE + QUEUE));
	gits(GITS_BASER(0), VALID | (GUEST_BASE + DEVICES));
	gits(GITS_BASER(1), VALID | (GUEST_BASE + COLLS));
	gits(GITS_CTLR, 1);
	mapd(VALID);
	mapc(VALID);
	mapti(0, 8192);
	mapti(1, 8193);
}

static void lpi_open(void)
{
	order_open(&v);
	lpi_make();
}

/* What is on a vCPU's list is delivered, whatever became of its event. */
static void unmapped(void)
{
	lpi_open();
	event(INT, 0);
	ORDER(&v, 8192);
	event(INT, 0);
	event(DISCARD, 0);
	ORDER(&v, 8192);
	event(INT, 1);
	mapc(0);
	ORDER(&v, 8193);
	mapc(VALID);
	mapd(0);
	mapd(VALID);
	mapti(0, 8192);
	event(INT, 0);
	mapd(0);
	ORDER(&v, 8192);
}

/* Mapped again, it is what it was; its configuration is not read anew. */
static void mapped_again(void)
{
	lpi_open();
	event(INT, 0);
	event(DISCARD, 0);
	enabled(8192, false);
	mapti(2, 8192);
	ORDER(&v, 8192);
	event(INT, 2);
	ORDER(&v, 8192);
	event(INV, 2);
	event(INT, 2);
	EQUAL(order_next(&v), 1023);
	/* Not on a list: the next one is a new one. */
	event(DISCARD, 2);
	enabled(8192, true);
	mapti(0, 8192);
	EQUAL(order_next(&v), 1023);
	event(INT, 0);
	ORDER(&v, 8192);
}

static void not_delivered(void)
{
	lpi_open();
	event(INT, 0);
	event(CLEAR, 0);
	EQUAL(order_next(&v), 1023);
	/* The distributor is off, INV is an event. */
	abi_dist_set(&v, GICD_CTLR, 0);
	event(INT, 0);
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(order_next(&v), 1023);
	event(INV, 0);
	ORDER(&v, 8192);
	/* GICR_CTLR forgets what is on the list. */
	event(INT, 0);
	gicr(GICR_CTLR, 0);
	gicr(GICR_CTLR, 1);
	EQUAL(order_next(&v), 1023);
	event(INV, 0);
	EQUAL(order_next(&v), 1023);
}

/* ---- tables that are restored ------------------------------------------------ */

static int its_control(uint64_t attr)
{
	return abi_attr(its, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
			attr, NULL);
}

/* Event 0 of a table that was saved is @lpi: what restoring it answers. */
static void restored(uint64_t lpi, int want)
{
	uint64_t *entry;

	written = 0;
	lpi_open();
	OK(its_control(KVM_DEV_ARM_ITS_SAVE_TABLES));
	entry = (uint64_t *)(v.ram + ITT);
	*entry = (*entry & 0xffff00000000ffff) | lpi << 16;
	OK(its_control(KVM_DEV_ARM_ITS_CTRL_RESET));
	gits(GITS_CBASER, VALID | (GUEST_BASE + QUEUE));
	gits(GITS_BASER(0), VALID | (GUEST_BASE + DEVICES));
	gits(GITS_BASER(1), VALID | (GUEST_BASE + COLLS));
	ROW(its_control(KVM_DEV_ARM_ITS_RESTORE_TABLES), want, "restoring");
	if (!want) {
		gits(GITS_CTLR, 1);
		mapti(2, 8194);
		event(DISCARD, 0);
		event(INT, 1);
		ORDER(&v, 8193);
	}
	abi_vm_close(&v);
	OK(close(its));
}

/* Nobody looks whether GICR_PROPBASER reaches it, but its configuration is read. */
static void restored_beyond(void)
{
	restored(8191, EINVAL);
	restored(8192, 0);
	restored(65536, 0);
	restored(100000, 0);
	restored(0xffffff, EFAULT);
	restored(0xffffffff, EFAULT);
}

/* ---- a page of a table that the VMM provides ------------------------------ */

#define GSI_MSI 64 /* event 0, which nobody translated before */
#define GSI_SPI 65 /* SPI 40 */

static int uffd, irqfd_msi, irqfd_spi;
static uint64_t lazy; /* in v.ram */
static int second;
static struct kvm_run *second_run;

static void route(void)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[2];
	} table = {
		.head.nr = 2,
		.entry[0] =
			{
				.gsi = GSI_MSI,
				.type = KVM_IRQ_ROUTING_MSI,
				.flags = KVM_MSI_VALID_DEVID,
				.u.msi = {.address_lo = ITS_BASE + 0x10040,
					  .devid = 1},
			},
		.entry[1] =
			{
				.gsi = GSI_SPI,
				.type = KVM_IRQ_ROUTING_IRQCHIP,
				.u.irqchip.pin = 40 - 32,
			},
	};

	NEED(ioctl(v.vm, KVM_SET_GSI_ROUTING, &table) == 0);
}

static int irqfd_open(uint32_t gsi)
{
	struct kvm_irqfd args = {.fd = eventfd(0, EFD_CLOEXEC), .gsi = gsi};

	OK(ioctl(v.vm, KVM_IRQFD, &args));
	return (int)args.fd;
}

static long msi(uint32_t event)
{
	struct kvm_msi args = {
		.address_lo = ITS_BASE + 0x10040,
		.data = event,
		.flags = KVM_MSI_VALID_DEVID,
		.devid = 1,
	};

	return ioctl(v.vm, KVM_SIGNAL_MSI, &args);
}

static void second_make(struct abi_vm *vm)
{
	second = abi_vcpu(vm, 1, &second_run);
}

/* Event 1 was translated before; SPIs 40 and 41 are enabled. */
static void lazy_open(void)
{
	order_open_with(&v, second_make);
	lpi_make();
	spis_enable(&v, SPI(40) | SPI(41));
	/* Else they go to the vCPU that was made first. */
	abi_dist_set(&v, GICD_IROUTER + 8 * 40, 0);
	abi_dist_set(&v, GICD_IROUTER + 8 * 41, 0);
	route();
	irqfd_msi = irqfd_open(GSI_MSI);
	irqfd_spi = irqfd_open(GSI_SPI);
	EQUAL(msi(1), 1);
	ORDER(&v, 8193);
	abi_run_nothing(&v);
}

static void lazy_page(uint64_t off)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register reg = {
		.range = {(uintptr_t)v.ram + off, 0x1000},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	lazy = off;
	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0)
		abi_skip("no userfaultfd");
	NEED(ioctl(uffd, UFFDIO_API, &api) == 0);
	NEED(madvise(v.ram + off, 0x1000, MADV_DONTNEED) == 0);
	NEED(ioctl(uffd, UFFDIO_REGISTER, &reg) == 0);
}

/* The page is asked for; none of this waits for it. */
static void interrupts_meanwhile(void)
{
	const uint64_t one = 1;

	spi_line(&v, 41, 1);
	EQUAL(msi(1), 1);
	EQUAL(write(irqfd_msi, &one, sizeof(one)), sizeof(one));
	EQUAL(write(irqfd_spi, &one, sizeof(one)), sizeof(one));
	irqfd_open(GSI_SPI);
}

static void *provider(void *meanwhile)
{
	static uint8_t content[0x1000];
	struct uffdio_copy copy = {
		.dst = (uintptr_t)v.ram + lazy,
		.src = (uintptr_t)content,
		.len = sizeof(content),
	};
	struct uffd_msg msg;

	content[0] = content[1] = 0xa1; /* of CONFIG */
	NEED(read(uffd, &msg, sizeof(msg)) == sizeof(msg));
	EQUAL(msg.event, UFFD_EVENT_PAGEFAULT);
	usleep(2000); /* who needs it sleeps in the fault by now */
	((void (*)(void))meanwhile)();
	NEED(ioctl(uffd, UFFDIO_COPY, &copy) == 0);
	return NULL;
}

/* @ask needs the page; @work while it waits. */
static void ask_lazily(uint64_t off, void (*ask)(void), void (*work)(void))
{
	pthread_t thread;

	lazy_page(off);
	NEED(!pthread_create(&thread, NULL, provider, (void *)work));
	ask();
	pthread_join(thread, NULL);
}

#define SEEN_LPIS 3u
#define SEEN_SPIS 12u
#define SEEN_41   8u
/* All of @want, and SPI 41's line is low again. */
static void delivered(unsigned int want)
{
	unsigned int seen = 0;

	for (int turn = 0; turn < 1000 && (seen & want) != want; turn++) {
		switch (order_next(&v)) {
		case 8192: seen |= 1; break;
		case 8193: seen |= 2; break;
		case 40: seen |= 4; break;
		case 41:
			seen |= 8;
			spi_line(&v, 41, 0);
			break;
		}
	}
	EQUAL(seen & want, want);
}

static void lazily(uint64_t page, void (*ask)(void), unsigned int want)
{
	if (abi_counted())
		abi_skip("comes in by force, after seconds");
	lazy_open();
	ask_lazily(page, ask, interrupts_meanwhile);
	delivered(want);
}

static void ask_inv(void)
{
	event(INV, 0);
}

static void line_meanwhile(void)
{
	spi_line(&v, 41, 1);
}

static void lazy_inv(void)
{
	bool counted = abi_counted();

	lazy_open();
	ask_lazily(CONFIG, ask_inv,
		   counted ? line_meanwhile : interrupts_meanwhile);
	delivered(counted ? SEEN_41 : SEEN_LPIS | SEEN_SPIS);
}

static void ask_invall(void)
{
	command(13, 0, 0, 0);
}

static void lazy_invall(void)
{
	lazily(CONFIG, ask_invall, SEEN_LPIS | SEEN_SPIS);
}

static void ask_mapti(void)
{
	mapti(2, 8194);
}

static void lazy_mapti(void)
{
	lazily(CONFIG, ask_mapti, SEEN_LPIS | SEEN_SPIS);
}

/* What the table says of LPIs replaces what came meanwhile. */
static void ask_enable(void)
{
	gicr(GICR_CTLR, 0);
	gicr(GICR_CTLR, 1);
}

static void lazy_enable(void)
{
	lazily(PENDING, ask_enable, SEEN_SPIS);
}

static void ask_save_pending(void)
{
	OK(abi_attr(v.gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, NULL));
}

static void lazy_save_pending(void)
{
	lazily(PENDING, ask_save_pending, SEEN_LPIS | SEEN_SPIS);
}

static void ask_save(void)
{
	OK(abi_attr(its, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_ITS_SAVE_TABLES, NULL));
}

static void lazy_save(void)
{
	lazily(ITT, ask_save, SEEN_LPIS | SEEN_SPIS);
}

/* The command is a vCPU's; another one uses the GIC meanwhile and leaves. */
static void second_meanwhile(void)
{
	OK(ioctl(second, KVM_RUN, 0));
	EQUAL(second_run->exit_reason, KVM_EXIT_MMIO);
	EQUAL(reg_get(second, REG_X(3)), 0x52); /* GICD_CTLR */
	EQUAL(reg_get(second, REG_X(4)), 1023);
	EQUAL(reg_get(second, REG_X(5)), written - 32);
	EQUAL(reg_get(second, REG_X(6)), written);
	interrupts_meanwhile();
}

static void run_guest(void)
{
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
}

static void lazy_second(void)
{
	if (abi_counted())
		abi_skip("comes in by force, after seconds");
	lazy_open();
	GUEST(&v, 0x1000, ASM_MOVZ(1, 0x0800, 1), ASM_LDR_W(3, 1),
	      ASM_MRS(4, ICC_IAR1), ASM_MOVZ(1, 0x0820, 1),
	      ASM_ADD_IMM(1, 1, 0x90), ASM_LDR_W(5, 1), ASM_SUB_IMM(1, 1, 8),
	      ASM_LDR_W(6, 1), ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1));
	reg_set(second, REG_PC, GUEST_BASE + 0x1000);
	queue(INV, 1, 0, 0);
	GUEST(&v, 0x2000, ASM_STR_W(0, 1), ASM_MOVZ(1, 0x0900, 1),
	      ASM_STR(0, 1), ASM_B_SELF);
	reg_set(v.vcpu, REG_X(0), written);
	reg_set(v.vcpu, REG_X(1), ITS_BASE + GITS_CWRITER);
	ask_lazily(CONFIG, run_guest, second_meanwhile);
	abi_run_nothing(&v);
	reg_set(v.vcpu, REG_PC, GUEST_BASE);
	delivered(SEEN_LPIS | SEEN_SPIS);
}

const struct abi_case cases_lpi[] = {
	{"lpi/unmapped", unmapped},
	{"lpi/mapped-again", mapped_again},
	{"lpi/not-delivered", not_delivered},
	{"lpi/restored-beyond-propbaser", restored_beyond},
	{"lpi/inv-waits-for-a-page", lazy_inv},
	{"lpi/invall-waits-for-a-page", lazy_invall},
	{"lpi/mapti-waits-for-a-page", lazy_mapti},
	{"lpi/enabling-waits-for-a-page", lazy_enable},
	{"lpi/pending-table-waits-for-a-page", lazy_save_pending},
	{"lpi/saving-waits-for-a-page", lazy_save},
	{"lpi/another-vcpu-meanwhile", lazy_second},
	{NULL},
};
