package dev.understudy.distil;

/** How a learning rate falls after its warm-up. */
public sealed interface Decay {
    /**
     * The rate as a fraction of its peak.
     *
     * @param done part of the steps after the warm-up that is done, in [0, 1]
     */
    double at(double done);

    /** The peak to the end. */
    record Constant() implements Decay {
        @Override
        public double at(double done) {
            return 1;
        }
    }

    /**
     * A straight line down to the floor.
     *
     * @param floor fraction of the peak at the end, in [0, 1]
     */
    record Linear(double floor) implements Decay {
        public Linear {
            requireFloor(floor);
        }

        @Override
        public double at(double done) {
            return 1 - (1 - floor) * done;
        }
    }

    /**
     * Half a cosine down to the floor: Loshchilov and Hutter, "SGDR" (ICLR 2017), equation 5, without restarts.
     *
     * @param floor fraction of the peak at the end, in [0, 1]
     */
    record Cosine(double floor) implements Decay {
        public Cosine {
            requireFloor(floor);
        }

        @Override
        public double at(double done) {
            return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
        }
    }

    private static void requireFloor(double floor) {
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("Learning rate falls to " + floor + " of its peak; expected [0, 1].");
        }
    }
}
