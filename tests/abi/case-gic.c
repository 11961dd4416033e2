/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controllers: what they are after reset, whom they choose among
 * equals, when they end a WFI, and the registers userspace sees.
 */
#include "order.h"

#include <signal.h>
#include <sys/time.h>

/* ---- after reset --------------------------------------------------------- */

static void spis_are_edge(enum abi_gic gic)
{
	struct abi_vm v;

	abi_vm_open(&v, gic);
	EQUAL(abi_dist_get(&v, GICD_ICFGR + 8), 0xaaaaaaaa);
	EQUAL(abi_dist_get(&v, GICD_ICFGR + 20), 0xaaaaaaaa);
	/* A pulse is latched, a line that stays high is one interrupt. */
	spi_line(&v, 40, 1);
	spi_line(&v, 40, 0);
	EQUAL(abi_dist_get(&v, GICD_ISPEND + 4), 1 << 8);
	spi_line(&v, 41, 1);
	EQUAL(abi_dist_get(&v, GICD_ISPEND + 4), 3 << 8);
}

static void spis_are_edge_v2(void)
{
	struct abi_vm v;

	spis_are_edge(ABI_GICV2);
	abi_vm_open(&v, ABI_GICV2);
	EQUAL(abi_dist_get(&v, GICD_ICFGR), 0xaaaaaaaa);
	EQUAL(abi_dist_get(&v, GICD_ICFGR + 4), 0);
}

static void spis_are_edge_v3(void)
{
	struct abi_vm v;
	uint32_t val;

	spis_are_edge(ABI_GICV3);
	abi_vm_open(&v, ABI_GICV3);
	for (unsigned int i = 0; i < 2; i++) {
		OK(abi_attr(v.gic, KVM_GET_DEVICE_ATTR,
			    KVM_DEV_ARM_VGIC_GRP_REDIST_REGS,
			    0x10000 + GICD_ICFGR + i * 4, &val));
		EQUAL(val, i ? 0 : 0xaaaaaaaa);
	}
}

/* ---- binary points ------------------------------------------------------- */

static void bpr_v3(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	EQUAL(icc_get(&v, ICC_BPR0), 0);
	EQUAL(icc_get(&v, ICC_BPR1), 0);
	OK(abi_init(&v));
	EQUAL(icc_get(&v, ICC_BPR0), 0);
	EQUAL(icc_get(&v, ICC_BPR1), 0);
	abi_run_nothing(&v);
	EQUAL(icc_get(&v, ICC_BPR0), 2);
	EQUAL(icc_get(&v, ICC_BPR1), 3);
	icc_set(&v, ICC_BPR0, 1);
	icc_set(&v, ICC_BPR1, 2);
	EQUAL(icc_get(&v, ICC_BPR0), 1);
	EQUAL(icc_get(&v, ICC_BPR1), 2);
	OK(abi_init(&v));
	EQUAL(icc_get(&v, ICC_BPR0), 1);
	EQUAL(icc_get(&v, ICC_BPR1), 2);
	abi_run_nothing(&v);
	EQUAL(icc_get(&v, ICC_BPR0), 2);
	EQUAL(icc_get(&v, ICC_BPR1), 3);
}

/* With CBPR and BPR0 = 7 no priority of group 1 preempts another. */
static void bpr_common(void)
{
	struct abi_vm v;
	uint32_t rpr;

	abi_vm_open(&v, ABI_GICV3);
	abi_dist_set(&v, GICD_CTLR, 2);
	abi_dist_set(&v, GICD_PRIORITY + 40, 0xa0a0a0a0);
	abi_dist_set(&v, GICD_ISENABLE + 4, 1 << 8);
	icc_set(&v, ICC_PMR, 0xff);
	icc_set(&v, ICC_IGRPEN1, 1);
	spi_line(&v, 40, 1);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MOVZ(2, 7, 0),
	      ASM_MSR(ICC_BPR0, 2), ASM_MOVZ(2, 1, 0), ASM_MSR(ICC_CTLR, 2),
	      ASM_ISB, ASM_MRS(0, ICC_BPR1), ASM_STR(0, 1), ASM_PAUSE(2),
	      ASM_MRS(0, ICC_IAR1), ASM_MRS(0, ICC_RPR), ASM_STR(0, 1));
	NEED(abi_run(&v) == KVM_EXIT_MMIO);
	EQUAL(v.run->mmio.data[0], 7);
	NEED(abi_run(&v) == KVM_EXIT_MMIO);
	memcpy(&rpr, v.run->mmio.data, sizeof(rpr));
	EQUAL(rpr, 0);
}

static void bpr_v2(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV2);
	EQUAL(cpu_get(&v, 0x08), 0);
	EQUAL(cpu_get(&v, 0x1c), 0);
	OK(abi_init(&v));
	EQUAL(cpu_get(&v, 0x08), 0);
	EQUAL(cpu_get(&v, 0x1c), 0);
	abi_run_nothing(&v);
	EQUAL(cpu_get(&v, 0x08), 2);
	EQUAL(cpu_get(&v, 0x1c), 3);
	cpu_set(&v, 0x08, 1);
	cpu_set(&v, 0x1c, 2);
	EQUAL(cpu_get(&v, 0x08), 1);
	EQUAL(cpu_get(&v, 0x1c), 2);
	abi_run_nothing(&v);
	EQUAL(cpu_get(&v, 0x08), 2);
	EQUAL(cpu_get(&v, 0x1c), 3);
}

/* ---- WFI ----------------------------------------------------------------- */

static void guest_waits(struct abi_vm *v)
{
	GUEST(v, 0, ASM_WFI, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
}

/* A guest's WFI ends, or the case has no end. */
static void wfi_ends(struct abi_vm *v)
{
	guest_waits(v);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	abi_run_nothing(v); /* the store is done */
}

/* It does not for some time, which signals end: the first may come too soon. */
static void wfi_lasts(struct abi_vm *v)
{
	const struct itimerval some = {{0, 300000}, {0, 300000}}, none = {0};

	guest_waits(v);
	setitimer(ITIMER_REAL, &some, NULL);
	REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EINTR);
	setitimer(ITIMER_REAL, &none, NULL);
}

static void ignore_alarm(int sig)
{
}

static void wfi_group_off(void)
{
	struct sigaction act = {.sa_handler = ignore_alarm};
	struct abi_vm v;

	sigaction(SIGALRM, &act, NULL);
	abi_vm_open(&v, ABI_GICV3);
	abi_dist_set(&v, GICD_CTLR, 2);
	abi_dist_set(&v, GICD_ISENABLE + 4, 1 << 8);
	spi_line(&v, 40, 1);
	wfi_lasts(&v); /* PMR is 0 */
	icc_set(&v, ICC_PMR, 0xf0);
	wfi_ends(&v); /* though the group is off */
	abi_dist_set(&v, GICD_PRIORITY + 40, 0xf0);
	wfi_lasts(&v);
	abi_dist_set(&v, GICD_PRIORITY + 40, 0xe8);
	wfi_ends(&v);
	abi_dist_set(&v, GICD_CTLR, 0);
	wfi_lasts(&v);
	abi_dist_set(&v, GICD_CTLR, 2);
	abi_dist_set(&v, GICD_ICENABLE + 4, 1 << 8);
	wfi_lasts(&v);
}

/* ---- equal priorities ---------------------------------------------------- */

static void raise3(const struct abi_vm *v, unsigned int a, unsigned int b,
		   unsigned int c)
{
	spi_line(v, a, 1);
	spi_line(v, b, 1);
	spi_line(v, c, 1);
}

/* As they came, and a change of priority that was undone changes nothing. */
static void equals_as_they_came(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, SPI(40) | SPI(45) | SPI(50));
	raise3(&v, 45, 40, 50);
	ORDER(&v, 45, 40, 50);
	raise3(&v, 45, 40, 50);
	abi_dist_set(&v, GICD_PRIORITY + 44, 0xa0a050a0);
	abi_dist_set(&v, GICD_PRIORITY + 44, 0xa0a0a0a0);
	ORDER(&v, 45, 40, 50);
}

/* Pending before they are enabled: as they are enabled. */
static void equals_as_enabled(void)
{
	struct abi_vm v;

	order_open(&v);
	raise3(&v, 45, 40, 50);
	spis_enable(&v, SPI(40) | SPI(45) | SPI(50));
	ORDER(&v, 40, 45, 50);
}

/* More than a host has list registers. */
static void equals_many(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, 0x3fffff);
	raise3(&v, 45, 40, 50);
	raise3(&v, 53, 52, 51);
	raise3(&v, 35, 33, 34);
	ORDER(&v, 45, 40, 50, 53, 52, 51, 35, 33, 34);
	raise3(&v, 45, 40, 50);
	raise3(&v, 53, 52, 51);
	raise3(&v, 35, 33, 34);
	abi_dist_set(&v, GICD_PRIORITY + 52, 0xa0a05050);
	ORDER(&v, 53, 52, 45, 40, 50, 51, 35, 33, 34);
}

/* Pending again before it ends: it comes first again. */
static void equals_again(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, SPI(40) | SPI(45) | SPI(50));
	raise3(&v, 45, 40, 50);
	FIRST(&v, 45);
	spi_line(&v, 45, 1);
	ORDER(&v, 45, 40, 50);
}

static void equals_level(void)
{
	struct abi_vm v;

	order_open(&v);
	abi_dist_set(&v, GICD_ICFGR + 8, 0);
	abi_dist_set(&v, GICD_ICFGR + 12, 0);
	spis_enable(&v, SPI(40) | SPI(45) | SPI(50));
	raise3(&v, 45, 40, 50);
	FIRST(&v, 45, 45, 45);
	spi_line(&v, 45, 0);
	/* The one that was acknowledged before the line went down. */
	FIRST(&v, 40, 40);
	spi_line(&v, 40, 0);
	FIRST(&v, 50, 50);
}

/* The place decides between the groups, too. */
static void equals_groups(void)
{
	struct abi_vm v;

	order_open(&v);
	abi_dist_set(&v, GICD_IGROUP + 4, ~SPI(40));
	icc_set(&v, ICC_IGRPEN0, 1);
	spis_enable(&v, SPI(40) | SPI(45) | SPI(50));
	raise3(&v, 45, 40, 50);
	FIRST(&v, 45);
	/* Now it is 40, which IAR1 does not name. */
	ORDER(&v, 0);
	icc_set(&v, ICC_IGRPEN0, 0);
	ORDER(&v, 50);
}

/* Disabled and enabled: at its place, unless the guest ran meanwhile. */
static void equals_disabled(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, SPI(40) | SPI(45) | SPI(50));
	raise3(&v, 45, 40, 50);
	abi_dist_set(&v, GICD_ICENABLE + 4, SPI(45));
	spis_enable(&v, SPI(45));
	ORDER(&v, 45, 40, 50);

	raise3(&v, 45, 40, 50);
	abi_dist_set(&v, GICD_ICENABLE + 4, SPI(45));
	abi_run_nothing(&v);
	spis_enable(&v, SPI(45));
	ORDER(&v, 45, 40, 50);

	raise3(&v, 45, 40, 50);
	abi_dist_set(&v, GICD_ICENABLE + 4, SPI(45));
	FIRST(&v, 40);
	spis_enable(&v, SPI(45));
	ORDER(&v, 50, 45);
}

/* ---- the trigger changed under a pending interrupt ----------------------- */

/*
 * A write to ICFGR changes what is pending, but nothing looks at the interrupt
 * for that: what has become pending waits for the next event of its own.
 */
static void trigger_to_level(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, SPI(40));
	spi_line(&v, 40, 1);
	ORDER(&v, 40);
	EQUAL(pending(&v), 0);
	/* Nobody looked at the line but for its edge. */
	trigger(&v, false);
	EQUAL(pending(&v), 0);
	EQUAL(order_next(&v), 1023);
	spi_line(&v, 40, 1);
	FIRST(&v, 40);
	FIRST(&v, 40);
	spi_line(&v, 40, 0);
	EQUAL(order_next(&v), 1023);
}

/* False: it came back where it should not. */
static bool trigger_edge(int how)
{
	struct abi_vm v;

	order_open(&v);
	trigger(&v, false);
	spis_enable(&v, SPI(40));
	spi_line(&v, 40, 1);
	trigger(&v, true);
	EQUAL(pending(&v), 0);
	/* Undone before the guest runs. */
	trigger(&v, false);
	FIRST(&v, 40);
	trigger(&v, true);
	if (order_next(&v) != 1023)
		return false;
	trigger(&v, false);
	if (order_next(&v) != 1023)
		return false;
	/* Another interrupt does not bring it along. */
	spis_enable(&v, SPI(41));
	spi_line(&v, 41, 1);
	ORDER(&v, 41);
	/* An event of its own: the line, enabling. */
	if (how) {
		spi_line(&v, 40, 0);
		spi_line(&v, 40, 1);
	} else {
		spis_enable(&v, SPI(40));
	}
	FIRST(&v, 40);
	FIRST(&v, 40);
	return true;
}

/* If the host's own tick takes the guest out at the wrong moment, Linux sees
 * the interrupt once more; a slow host has many of them. */
static void trigger_to_edge(void)
{
	for (int how = 0; how < 2; how++) {
		int tries = getenv("ABI_TCG") ? 5 : 1;

		while (tries && !trigger_edge(how))
			tries--;
		CHECK(tries > 0);
	}
}

/* ---- registers that userspace has ---------------------------------------- */

static void statusr(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	REFUSED(abi_attr(v.gic, KVM_HAS_DEVICE_ATTR,
			 KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, 0x10, NULL),
		ENXIO);
	OK(abi_attr(v.gic, KVM_HAS_DEVICE_ATTR,
		    KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, 0x14, NULL));
	OK(abi_attr(v.gic, KVM_HAS_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
		    0x10, NULL));
}

const struct abi_case cases_gic[] = {
	{"gic/spis-are-edge-v2", spis_are_edge_v2},
	{"gic/spis-are-edge-v3", spis_are_edge_v3},
	{"gic/bpr-clamped-by-first-run-v3", bpr_v3},
	{"gic/bpr-common", bpr_common},
	{"gic/bpr-clamped-by-first-run-v2", bpr_v2},
	{"gic/wfi-ends-with-group-off", wfi_group_off},
	{"gic/equals-as-they-came", equals_as_they_came},
	{"gic/equals-as-enabled", equals_as_enabled},
	{"gic/equals-many", equals_many},
	{"gic/equals-again", equals_again},
	{"gic/equals-groups", equals_groups},
	{"gic/equals-level", equals_level},
	{"gic/equals-disabled", equals_disabled},
	{"gic/trigger-to-level", trigger_to_level},
	{"gic/trigger-to-edge", trigger_to_edge},
	{"gic/statusr", statusr},
	{NULL},
};
