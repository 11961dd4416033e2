/* SPDX-License-Identifier: MIT */
/*
 * Offsets of the GIC's memory-mapped registers, for tests and their guests:
 * GICv2 (IHI 0048B) 4.1.2, GICv3 (IHI 0069H) 12.8 to 12.19. They stand here
 * and not in src/gic alone so that the tests do not believe the model. Arrays
 * have the offset of their first register; GICR_ names what is in the frame
 * for SGIs and PPIs with that frame's offset.
 */
#ifndef FAUXKVM_TESTS_GIC_REGS_H
#define FAUXKVM_TESTS_GIC_REGS_H

#define GICD_CTLR       0x0000
#define GICD_TYPER      0x0004
#define GICD_IIDR       0x0008
#define GICD_TYPER2     0x000c
#define GICD_STATUSR    0x0010
#define GICD_IGROUPR    0x0080
#define GICD_ISENABLER  0x0100
#define GICD_ICENABLER  0x0180
#define GICD_ISPENDR    0x0200
#define GICD_ICPENDR    0x0280
#define GICD_ISACTIVER  0x0300
#define GICD_ICACTIVER  0x0380
#define GICD_IPRIORITYR 0x0400 /* a byte each */
#define GICD_ITARGETSR  0x0800 /* a byte each */
#define GICD_ICFGR      0x0c00 /* two bits each */
#define GICD_IGRPMODR   0x0d00
#define GICD_NSACR      0x0e00
#define GICD_SGIR       0x0f00
#define GICD_CPENDSGIR  0x0f10
#define GICD_SPENDSGIR  0x0f20
#define GICD_IROUTER    0x6000 /* 64 bits each; SPIs only, from 32 on */
#define GICD_PIDR4      0xffd0
#define GICD_PIDR2      0xffe8

#define GICC_CTLR   0x0000
#define GICC_PMR    0x0004
#define GICC_BPR    0x0008
#define GICC_IAR    0x000c
#define GICC_EOIR   0x0010
#define GICC_RPR    0x0014
#define GICC_HPPIR  0x0018
#define GICC_ABPR   0x001c
#define GICC_AIAR   0x0020
#define GICC_AEOIR  0x0024
#define GICC_AHPPIR 0x0028
#define GICC_APR    0x00d0
#define GICC_NSAPR  0x00e0
#define GICC_IIDR   0x00fc
#define GICC_DIR    0x1000

#define GICR_CTLR      0x0000
#define GICR_IIDR      0x0004
#define GICR_TYPER     0x0008
#define GICR_STATUSR   0x0010
#define GICR_WAKER     0x0014
#define GICR_SETLPIR   0x0040
#define GICR_CLRLPIR   0x0048
#define GICR_PROPBASER 0x0070
#define GICR_PENDBASER 0x0078
#define GICR_INVLPIR   0x00a0
#define GICR_INVALLR   0x00b0
#define GICR_SYNCR     0x00c0
#define GICR_PIDR2     0xffe8

#define GICR_SGI        0x10000 /* the frame for SGIs and PPIs */
#define GICR_IGROUPR0   (GICR_SGI + 0x0080)
#define GICR_ISENABLER0 (GICR_SGI + 0x0100)
#define GICR_ICENABLER0 (GICR_SGI + 0x0180)
#define GICR_ISPENDR0   (GICR_SGI + 0x0200)
#define GICR_ICPENDR0   (GICR_SGI + 0x0280)
#define GICR_ISACTIVER0 (GICR_SGI + 0x0300)
#define GICR_ICACTIVER0 (GICR_SGI + 0x0380)
#define GICR_IPRIORITYR (GICR_SGI + 0x0400) /* a byte each */
#define GICR_ICFGR0     (GICR_SGI + 0x0c00)
#define GICR_ICFGR1     (GICR_SGI + 0x0c04)
#define GICR_NSACR      (GICR_SGI + 0x0e00)

#define GITS_CTLR       0x0000
#define GITS_IIDR       0x0004
#define GITS_TYPER      0x0008
#define GITS_CBASER     0x0080
#define GITS_CWRITER    0x0088
#define GITS_CREADR     0x0090
#define GITS_BASER      0x0100 /* 64 bits each */
#define GITS_PIDR0      0xffe0
#define GITS_PIDR1      0xffe4
#define GITS_PIDR2      0xffe8
#define GITS_CIDR3      0xfffc
#define GITS_TRANSLATER 0x10040

/* ---- the ITS's commands, IHI 0069H 5.3 ----------------------------------- */

#define ITS_MOVI    0x01
#define ITS_INT     0x03
#define ITS_CLEAR   0x04
#define ITS_SYNC    0x05
#define ITS_MAPD    0x08
#define ITS_MAPC    0x09
#define ITS_MAPTI   0x0a
#define ITS_MAPI    0x0b
#define ITS_INV     0x0c
#define ITS_INVALL  0x0d
#define ITS_MOVALL  0x0e
#define ITS_DISCARD 0x0f

#endif
