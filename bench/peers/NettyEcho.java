import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * An echo server on Netty's java.nio transport, with one loop. Prints {@code PORT n PID p} and serves until it is ended.
 *
 * <p>With the argument {@code tls} it speaks TLS by JSSE, with {@code ../out/tls.crt} and {@code tls.pem}; with {@code
 * bulk} as well each byte is answered by 100 MiB, as fast as the channel can be written.
 */
public final class NettyEcho extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        context.write(message, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** Answers by much. */
    private static final class Bulk extends ChannelInboundHandlerAdapter {
        private static final long ANSWER = 100 << 20;

        /** loadgen's pattern begins anew after so many bytes. */
        private static final int PERIOD = 90 * 64;

        private static final byte[] PIECE = new byte[PERIOD * 12];

        static {
            for (int i = 0; i < PIECE.length; i++) {
                PIECE[i] = (byte) (33 + (i % PERIOD * 7 + i % PERIOD / 64) % 90);
            }
        }

        private long left;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            left += ANSWER * bytes.readableBytes();
            bytes.release();
            write(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            write(context);
        }

        private void write(ChannelHandlerContext context) {
            while (left > 0 && context.channel().isWritable()) {
                int count = (int) Math.min(left, PIECE.length);
                left -= count;
                context.writeAndFlush(Unpooled.wrappedBuffer(PIECE, 0, count), context.voidPromise());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    public static void main(String[] args) throws Exception {
        List<String> words = List.of(args);
        SslContext tls = !words.contains("tls")
                ? null
                : SslContextBuilder.forServer(new File("../out/tls.crt"), new File("../out/tls.pem"))
                        .sslProvider(SslProvider.JDK)
                        .build();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        InetSocketAddress address = (InetSocketAddress) new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(words.contains("bulk") ? new Bulk() : new NettyEcho());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel()
                .localAddress();
        System.out.println("PORT " + address.getPort() + " PID " + ProcessHandle.current().pid());
    }
}
