/* SPDX-License-Identifier: MIT */
/*
 * The device tree of boot-board.h, flattened as the Devicetree Specification
 * 0.4, chapter 5, has it.
 */
#include "boot-board.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/types.h"
#include "tests/vmm/board.h"

#define FDT_MAGIC      0xd00dfeed
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE   2
#define FDT_PROP       3
#define FDT_END        9
#define HEADER_SIZE    40

#define PHANDLE_GIC   1
#define PHANDLE_CLOCK 2

struct tree {
	uint8_t *at, *p, *end;
	/* Names of properties: each anew, since nobody counts the bytes. */
	char names[2048];
	size_t names_size;
};

static void put(struct tree *t, const void *bytes, size_t size)
{
	if (t->p + ALIGN_UP(size, 4) > t->end) {
		fprintf(stderr, "boot: no room for the device tree\n");
		exit(2);
	}
	memcpy(t->p, bytes, size);
	t->p += ALIGN_UP(size, 4);
}

static void put_cell(struct tree *t, uint32_t cell)
{
	cell = htobe32(cell);
	put(t, &cell, sizeof(cell));
}

static void node(struct tree *t, const char *name)
{
	put_cell(t, FDT_BEGIN_NODE);
	put(t, name, strlen(name) + 1);
}

static void node_end(struct tree *t)
{
	put_cell(t, FDT_END_NODE);
}

static void prop_head(struct tree *t, const char *name, size_t size)
{
	size_t length = strlen(name) + 1;

	put_cell(t, FDT_PROP);
	put_cell(t, (uint32_t)size);
	put_cell(t, (uint32_t)t->names_size);
	if (t->names_size + length > sizeof(t->names))
		abort();
	memcpy(t->names + t->names_size, name, length);
	t->names_size += length;
}

static void prop_bytes(struct tree *t, const char *name, const void *bytes,
		       size_t size)
{
	prop_head(t, name, size);
	put(t, bytes, size);
}

static void prop_string(struct tree *t, const char *name, const char *string)
{
	prop_bytes(t, name, string, strlen(string) + 1);
}

static void prop_cells(struct tree *t, const char *name, const uint32_t *cells,
		       size_t number)
{
	prop_head(t, name, 4 * number);
	for (size_t k = 0; k < number; k++)
		put_cell(t, cells[k]);
}
#define CELLS(t, name, ...)                                      \
	do {                                                     \
		const uint32_t cells_[] = {__VA_ARGS__};         \
		prop_cells(t, name, cells_, ARRAY_SIZE(cells_)); \
	} while (0)
#define TWO(val) (uint32_t)((uint64_t)(val) >> 32), (uint32_t)(val)

static void chosen(struct tree *t, const char *args, struct boot_initrd initrd)
{
	node(t, "chosen");
	prop_string(t, "bootargs", args);
	prop_string(t, "stdout-path", "/serial@9000000");
	if (initrd.end) {
		CELLS(t, "linux,initrd-start", TWO(initrd.start));
		CELLS(t, "linux,initrd-end", TWO(initrd.end));
	}
	node_end(t);
}

static void processors(struct tree *t, unsigned int number)
{
	static const char psci[] = "arm,psci-1.0\0arm,psci-0.2";

	node(t, "cpus");
	CELLS(t, "#address-cells", 1);
	CELLS(t, "#size-cells", 0);
	for (unsigned int k = 0; k < number; k++) {
		char name[16];

		snprintf(name, sizeof(name), "cpu@%u", k);
		node(t, name);
		prop_string(t, "device_type", "cpu");
		prop_string(t, "compatible", "arm,armv8");
		prop_string(t, "enable-method", "psci");
		CELLS(t, "reg", k);
		node_end(t);
	}
	node_end(t);
	node(t, "psci");
	prop_bytes(t, "compatible", psci, sizeof(psci));
	prop_string(t, "method", "hvc");
	node_end(t);
	/* PPIs, level: secure, non-secure, virtual, hypervisor's. */
	node(t, "timer");
	prop_string(t, "compatible", "arm,armv8-timer");
	CELLS(t, "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	prop_bytes(t, "always-on", "", 0);
	node_end(t);
}

static void devices(struct tree *t, unsigned int vcpus)
{
	static const char uart[] = "arm,pl011\0arm,primecell";
	static const char clocks[] = "uartclk\0apb_pclk";

	node(t, "intc@8000000");
	prop_string(t, "compatible", "arm,gic-v3");
	CELLS(t, "#interrupt-cells", 3);
	prop_bytes(t, "interrupt-controller", "", 0);
	CELLS(t, "reg", TWO(BOARD_GICD), TWO(0x10000), TWO(BOARD_GICR),
	      TWO(0x20000 * vcpus));
	CELLS(t, "phandle", PHANDLE_GIC);
	node_end(t);
	node(t, "clock");
	prop_string(t, "compatible", "fixed-clock");
	CELLS(t, "#clock-cells", 0);
	CELLS(t, "clock-frequency", 24000000);
	CELLS(t, "phandle", PHANDLE_CLOCK);
	node_end(t);
	node(t, "serial@9000000");
	prop_bytes(t, "compatible", uart, sizeof(uart));
	CELLS(t, "reg", TWO(BOARD_CONSOLE), TWO(0x1000));
	CELLS(t, "interrupts", 0, 1, 4);
	CELLS(t, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	prop_bytes(t, "clock-names", clocks, sizeof(clocks));
	node_end(t);
}

static void header(struct tree *t, size_t strings)
{
	size_t total = (size_t)(t->p - t->at);
	uint8_t *p = t->p;

	t->p = t->at;
	put_cell(t, FDT_MAGIC);
	put_cell(t, (uint32_t)total);
	put_cell(t, HEADER_SIZE + 16); /* the structure */
	put_cell(t, (uint32_t)strings);
	put_cell(t, HEADER_SIZE); /* memory reservations: none */
	put_cell(t, 17);
	put_cell(t, 16);
	put_cell(t, 0); /* the CPU that boots */
	put_cell(t, (uint32_t)t->names_size);
	put_cell(t, (uint32_t)(strings - HEADER_SIZE - 16));
	t->p = p;
}

void boot_tree_write(uint8_t *tree, size_t size, const struct boot_board *board,
		     struct boot_initrd initrd)
{
	struct tree t = {.at = tree, .end = tree + size};
	size_t strings;

	memset(tree, 0, size);
	t.p = tree + HEADER_SIZE + 16;
	node(&t, "");
	CELLS(&t, "#address-cells", 2);
	CELLS(&t, "#size-cells", 2);
	prop_string(&t, "compatible", "linux,dummy-virt");
	prop_string(&t, "model", "fauxkvm lock-step");
	CELLS(&t, "interrupt-parent", PHANDLE_GIC);
	chosen(&t, board->args, initrd);
	node(&t, "memory@40000000");
	prop_string(&t, "device_type", "memory");
	CELLS(&t, "reg", TWO(BOOT_RAM), TWO(board->ram_size));
	node_end(&t);
	processors(&t, board->vcpus);
	devices(&t, board->vcpus);
	node_end(&t);
	put_cell(&t, FDT_END);
	strings = (size_t)(t.p - t.at);
	put(&t, t.names, t.names_size);
	header(&t, strings);
}
