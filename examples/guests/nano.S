/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest of a few kilobytes: entered in 32-bit protected mode by the PVH
 * protocol (QEMU -kernel, any x86 machine type with a BIOS). */
        .section .note.pvh, "a", @note
        .align 4
        .long 4, 4, 18          /* name size, desc size, XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .long start

        .text
        .globl start
start:  cli
        lgdt gdtr
        ljmp $8, $1f
1:      mov $16, %ax
        mov %ax, %ds
        mov %ax, %es
        mov %ax, %ss
        mov $stack_top, %esp
        push %ebx               /* struct hvm_start_info */
        call kmain
2:      cli
        hlt
        jmp 2b

        .globl isr_irq, isr_spurious
isr_irq:
        pusha
        call irq
        popa
isr_spurious:
        iret

        .align 8
gdt:    .quad 0
        .quad 0x00cf9a000000ffff
        .quad 0x00cf92000000ffff
gdtr:   .word . - gdt - 1
        .long gdt

        .bss
        .align 16
        .skip 8192
stack_top:
        .section .note.GNU-stack, "", @progbits
