import { z } from 'zod'
import type { CertificateIssuer } from '@platen/drivers/certificates'
import type { HttpServer } from '@platen/kit/http'

const policy = { kind: 'public', reason: 'a certificate authority is published so that people can trust it' } as const

/** The local certificate authority, for the page that tells people how to trust it. */
export function registerCertificateRoutes(app: HttpServer, { issuer }: { issuer: CertificateIssuer }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/certificate-authority',
    config: { policy },
    schema: {
      tags: ['certificates'],
      summary: 'The local certificate authority',
      response: {
        200: z.strictObject({ certificatePem: z.string(), fingerprintSha256: z.string(), notAfter: z.iso.datetime() }),
      },
    },
    handler: async () => {
      const { certificatePem, fingerprintSha256, notAfter } = await issuer.ensureAuthority()
      return { certificatePem, fingerprintSha256, notAfter: notAfter.toISOString() }
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/certificate-authority/download',
    config: { policy },
    schema: {
      tags: ['certificates'],
      summary: 'Download the authority as a file',
      response: { 200: z.string() },
      produces: ['application/x-x509-ca-cert'],
    },
    handler: async (_request, reply) => {
      const { certificatePem } = await issuer.ensureAuthority()
      return reply
        .header('content-type', 'application/x-x509-ca-cert')
        .header('content-disposition', 'attachment; filename="platen-ca.crt"')
        .serializer((text: unknown) => String(text))
        .send(certificatePem)
    },
  })
}
