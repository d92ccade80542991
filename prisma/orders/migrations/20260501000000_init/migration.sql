-- Text is ordered by code point (COLLATE "C"), so that lists and cursors are the same on every machine and a
-- prefix is a range of the index.

-- CreateEnum
CREATE TYPE "order_status" AS ENUM ('PLACED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED');

-- CreateTable
CREATE TABLE "listed_products" (
    "product_id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "unit_price_amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,

    CONSTRAINT "listed_products_pkey" PRIMARY KEY ("product_id")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" TEXT COLLATE "C" NOT NULL,
    "sequence" SERIAL NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "client_reference" TEXT COLLATE "C",
    "status" "order_status" NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),
    "quantity" INTEGER NOT NULL,
    "total_amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_items" (
    "order_id" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "product_id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price_amount" INTEGER NOT NULL,

    CONSTRAINT "order_items_pkey" PRIMARY KEY ("order_id","position")
);

-- CreateTable
CREATE TABLE "seed_runs" (
    "scale" INTEGER NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "seed_runs_pkey" PRIMARY KEY ("scale")
);

-- CreateIndex
CREATE UNIQUE INDEX "orders_sequence_key" ON "orders"("sequence");

-- CreateIndex
CREATE INDEX "orders_customer_id_placed_at_id_idx" ON "orders"("customer_id", "placed_at", "id");

-- CreateIndex
CREATE INDEX "orders_customer_id_total_amount_id_idx" ON "orders"("customer_id", "total_amount", "id");

-- CreateIndex
CREATE INDEX "orders_placed_at_id_idx" ON "orders"("placed_at", "id");

-- CreateIndex
CREATE INDEX "orders_total_amount_id_idx" ON "orders"("total_amount", "id");

-- CreateIndex
CREATE INDEX "orders_status_placed_at_id_idx" ON "orders"("status", "placed_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_customer_id_client_reference_key" ON "orders"("customer_id", "client_reference");

-- AddForeignKey
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "order_items" ADD CONSTRAINT "order_items_quantity_is_positive" CHECK ("quantity" > 0 AND "unit_price_amount" >= 0);
