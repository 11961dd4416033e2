/* SPDX-License-Identifier: MIT */
/*
 * A VMM for 32-bit Arm that boots Linux on KVM as 32-bit kernels had it, which today's
 * QEMU does not know any more: memory, a GICv2, a PL011 whose output is stdout, and a
 * device tree (the boot protocol: Linux's Documentation/arch/arm/booting.rst).
 *
 *   vmm-armhf CPUS KERNEL INITRD WORDS
 *
 * Its status is 0 when the guest has switched the machine off.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#define RAM      0x40000000u
#define RAM_SIZE (256u << 20)
#define KERNEL   0x01000000u /* in memory; below it goes what is unpacked */
#define TREE     0x08000000u
#define INITRD   0x08100000u

#define GICD     0x08000000u
#define GICC     0x08010000u
#define UART     0x09000000u
#define UART_SPI 1

#define MAX_CPUS 4

static int vm;
static uint8_t *ram;
static pthread_mutex_t uart_lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int request(int fd, unsigned long cmd, void *arg, const char *name)
{
	int ret = ioctl(fd, cmd, arg);

	if (ret < 0)
		die(name);
	return ret;
}
#define REQUEST(fd, cmd, arg) request(fd, cmd, arg, #cmd)

/* ---- the device tree (Devicetree Specification, chapter 5) ---------------- */

static struct {
	uint8_t node[4096];
	char string[512];
	unsigned int nodes, strings;
} tree;

static void put32(uint32_t val)
{
	val = __builtin_bswap32(val);
	memcpy(tree.node + tree.nodes, &val, 4);
	tree.nodes += 4;
}

static void put_bytes(const void *data, unsigned int len)
{
	memcpy(tree.node + tree.nodes, data, len);
	tree.nodes = (tree.nodes + len + 3) & ~3u;
}

static void begin(const char *name)
{
	put32(1);
	put_bytes(name, (unsigned int)strlen(name) + 1);
}

static void end(void)
{
	put32(2);
}

static void prop(const char *name, const void *data, unsigned int len)
{
	put32(3);
	put32(len);
	put32(tree.strings);
	put_bytes(data, len);
	strcpy(tree.string + tree.strings, name);
	tree.strings += (unsigned int)strlen(name) + 1;
}

static void prop_string(const char *name, const char *val)
{
	prop(name, val, (unsigned int)strlen(val) + 1);
}

static void prop_cells(const char *name, const uint32_t *cell, unsigned int n)
{
	uint32_t data[16];

	for (unsigned int i = 0; i < n; i++)
		data[i] = __builtin_bswap32(cell[i]);
	prop(name, data, n * 4);
}
#define CELLS(name, ...)                                  \
	prop_cells(name, (const uint32_t[]){__VA_ARGS__}, \
		   sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

enum { GIC_PHANDLE = 1, CLOCK_PHANDLE };

static void tree_cpus(unsigned int cpus)
{
	begin("cpus");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 0);
	for (unsigned int i = 0; i < cpus; i++) {
		char name[16];

		snprintf(name, sizeof(name), "cpu@%u", i);
		begin(name);
		prop_string("device_type", "cpu");
		prop_string("compatible", "arm,cortex-a15");
		prop_string("enable-method", "psci");
		CELLS("reg", i);
		end();
	}
	end();
	begin("psci");
	prop_string("compatible", "arm,psci-0.2");
	prop_string("method", "hvc");
	end();
}

static void tree_devices(void)
{
	begin("timer");
	prop_string("compatible", "arm,armv7-timer");
	CELLS("interrupts", 1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08, 1, 10,
	      0xf08);
	end();
	begin("intc@8000000");
	prop_string("compatible", "arm,cortex-a15-gic");
	prop("interrupt-controller", "", 0);
	CELLS("#interrupt-cells", 3);
	CELLS("phandle", GIC_PHANDLE);
	CELLS("reg", GICD, 0x1000, GICC, 0x2000);
	end();
	begin("clock");
	prop_string("compatible", "fixed-clock");
	CELLS("#clock-cells", 0);
	CELLS("clock-frequency", 24000000);
	CELLS("phandle", CLOCK_PHANDLE);
	end();
	begin("uart@9000000");
	prop("compatible", "arm,pl011\0arm,primecell", 24);
	CELLS("reg", UART, 0x1000);
	CELLS("interrupts", 0, UART_SPI, 4);
	CELLS("clocks", CLOCK_PHANDLE, CLOCK_PHANDLE);
	prop("clock-names", "uartclk\0apb_pclk", 17);
	end();
}

static void make_tree(unsigned int cpus, uint32_t initrd_size,
		      const char *words)
{
	uint32_t head[12] = {0}, at = 40 + 16;

	begin("");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 1);
	CELLS("interrupt-parent", GIC_PHANDLE);
	prop_string("compatible", "linux,dummy-virt");
	begin("chosen");
	prop_string("bootargs", words);
	CELLS("linux,initrd-start", RAM + INITRD);
	CELLS("linux,initrd-end", RAM + INITRD + initrd_size);
	end();
	begin("memory@40000000");
	prop_string("device_type", "memory");
	CELLS("reg", RAM, RAM_SIZE);
	end();
	tree_cpus(cpus);
	tree_devices();
	end();
	put32(9);
	/* No memory is reserved: two zeroes between the head and the nodes. */
	head[0] = 0xd00dfeed;
	head[1] = at + tree.nodes + tree.strings;
	head[2] = at;
	head[3] = at + tree.nodes;
	head[4] = 40;
	head[5] = 17;
	head[6] = 16;
	head[8] = tree.strings;
	head[9] = tree.nodes;
	for (unsigned int i = 0; i < 10; i++)
		head[i] = __builtin_bswap32(head[i]);
	memcpy(ram + TREE, head, 40);
	memcpy(ram + TREE + at, tree.node, tree.nodes);
	memcpy(ram + TREE + at + tree.nodes, tree.string, tree.strings);
}

/* ---- PL011 (Arm DDI 0183) ------------------------------------------------- */

#define TXI 0x20u /* always due, as all is sent at once */

static uint32_t uart_imsc;

static uint32_t uart_read(uint32_t off)
{
	static const uint8_t ids[8] = {0x11, 0x10, 0x34, 0,
				       0x0d, 0xf0, 0x05, 0xb1};

	switch (off) {
	case 0x18: return 0x90; /* FR: nothing waits */
	case 0x38: return uart_imsc;
	case 0x3c: return TXI;
	case 0x40: return TXI & uart_imsc;
	}
	return off >= 0xfe0 && off < 0x1000 ? ids[(off - 0xfe0) / 4] : 0;
}

static void uart_write(uint32_t off, uint32_t val)
{
	struct kvm_irq_level line = {.irq = KVM_ARM_IRQ_TYPE_SPI << 24 |
					    (32 + UART_SPI)};

	if (off == 0)
		putchar((int)(val & 0xff));
	if (off != 0x38)
		return;
	uart_imsc = val;
	line.level = !!(val & TXI);
	REQUEST(vm, KVM_IRQ_LINE, &line);
}

/* What else there is reads as zero. */
static void mmio(struct kvm_run *run)
{
	uint32_t off = (uint32_t)run->mmio.phys_addr - UART, val = 0;

	pthread_mutex_lock(&uart_lock);
	if (run->mmio.is_write) {
		memcpy(&val, run->mmio.data,
		       run->mmio.len < 4 ? run->mmio.len : 4);
		if (off < 0x1000)
			uart_write(off, val);
	} else {
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
		val = off < 0x1000 ? uart_read(off) : 0;
		memcpy(run->mmio.data, &val, 4);
	}
	pthread_mutex_unlock(&uart_lock);
}

/* ---- the machine ---------------------------------------------------------- */

static uint32_t load(const char *path, uint32_t at)
{
	int fd = open(path, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || st.st_size > RAM_SIZE - at ||
	    read(fd, ram + at, (size_t)st.st_size) != st.st_size)
		die(path);
	close(fd);
	return (uint32_t)st.st_size;
}

static void set_reg(int vcpu, unsigned int n, uint32_t val)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE |
		      (KVM_REG_ARM_CORE_REG(usr_regs.uregs[0]) + n),
		.addr = (uintptr_t)&val,
	};

	REQUEST(vcpu, KVM_SET_ONE_REG, &reg);
}

static void gic_attr(int gic, uint32_t group, uint64_t attr, const void *addr)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)addr};

	REQUEST(gic, KVM_SET_DEVICE_ATTR, &a);
}

static void make_gic(void)
{
	struct kvm_create_device dev = {.type = KVM_DEV_TYPE_ARM_VGIC_V2};
	const uint64_t gicd = GICD, gicc = GICC;
	const uint32_t irqs = 64;

	REQUEST(vm, KVM_CREATE_DEVICE, &dev);
	gic_attr((int)dev.fd, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
	gic_attr((int)dev.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		 KVM_VGIC_V2_ADDR_TYPE_DIST, &gicd);
	gic_attr((int)dev.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		 KVM_VGIC_V2_ADDR_TYPE_CPU, &gicc);
	gic_attr((int)dev.fd, KVM_DEV_ARM_VGIC_GRP_CTRL,
		 KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

static int make_vcpu(unsigned int id)
{
	int fd = REQUEST(vm, KVM_CREATE_VCPU, (void *)(uintptr_t)id);
	struct kvm_vcpu_init init;

	REQUEST(vm, KVM_ARM_PREFERRED_TARGET, &init);
	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (id)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	REQUEST(fd, KVM_ARM_VCPU_INIT, &init);
	return fd;
}

static void *vcpu_thread(void *arg)
{
	int fd = (int)(intptr_t)arg;
	struct kvm_run *run =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (run == MAP_FAILED)
		die("mmap");
	for (;;) {
		if (ioctl(fd, KVM_RUN, 0)) {
			if (errno == EINTR)
				continue;
			die("KVM_RUN");
		}
		if (run->exit_reason == KVM_EXIT_MMIO) {
			mmio(run);
			continue;
		}
		if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT)
			exit(run->system_event.type !=
			     KVM_SYSTEM_EVENT_SHUTDOWN);
		fprintf(stderr, "exit reason %u\n", run->exit_reason);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct kvm_userspace_memory_region slot = {.guest_phys_addr = RAM,
						   .memory_size = RAM_SIZE};
	unsigned int cpus = argc == 5 ? (unsigned int)atoi(argv[1]) : 0;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vcpu[MAX_CPUS];
	pthread_t thread;

	if (cpus < 1 || cpus > MAX_CPUS) {
		fprintf(stderr, "usage: vmm-armhf CPUS KERNEL INITRD WORDS\n");
		return 2;
	}
	if (kvm < 0)
		die("/dev/kvm");
	setvbuf(stdout, NULL, _IOLBF, 0);
	vm = REQUEST(kvm, KVM_CREATE_VM, 0);
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ram == MAP_FAILED)
		die("mmap");
	slot.userspace_addr = (uintptr_t)ram;
	REQUEST(vm, KVM_SET_USER_MEMORY_REGION, &slot);
	load(argv[2], KERNEL);
	make_tree(cpus, load(argv[3], INITRD), argv[4]);
	for (unsigned int i = 0; i < cpus; i++)
		vcpu[i] = make_vcpu(i);
	make_gic();
	set_reg(vcpu[0], 0, 0);
	set_reg(vcpu[0], 1, UINT32_MAX);
	set_reg(vcpu[0], 2, RAM + TREE);
	set_reg(vcpu[0], 15, RAM + KERNEL);
	for (unsigned int i = 1; i < cpus; i++)
		if (pthread_create(&thread, NULL, vcpu_thread,
				   (void *)(intptr_t)vcpu[i]))
			die("pthread_create");
	vcpu_thread((void *)(intptr_t)vcpu[0]);
	return 1;
}
